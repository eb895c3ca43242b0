//! Amazon Bedrock's own wire format.
