//! Stores elsewhere: Amazon S3 and what speaks its protocol, and Google Cloud Storage. Their calls go through
//! [`crate::egress`] alone, and nothing is taken from the environment.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::header::{CONTENT_LENGTH, HeaderValue};
use http_body_util::BodyExt as _;
use object_store::aws::AmazonS3Builder;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
    HttpService,
};
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};
use url::{Host, Url};

use crate::egress::{Call, Egress, Error, Reach};

/// Google's own.
const GOOGLE: &str = "https://storage.googleapis.com";
/// How long one call may take until it is answered.
const ANSWER: Duration = Duration::from_secs(20);

type Made = Result<Arc<dyn ObjectStore>, String>;

/// A bucket of S3.
pub struct S3 {
    pub bucket: String,
    /// Amazon's own where there is none.
    pub endpoint: Option<Url>,
    pub region: String,
    pub access_key_id: String,
    /// None where it cannot be opened.
    pub secret: Option<String>,
    pub path_style: bool,
}

/// A bucket of Google Cloud Storage.
pub struct Gcs {
    pub bucket: String,
    /// Google's own where there is none.
    pub endpoint: Option<Url>,
    /// The JSON file of a service account; none where it cannot be opened.
    pub key: Option<String>,
}

impl S3 {
    pub(super) fn store(&self, egress: &Egress) -> Made {
        let secret = self.secret.as_ref().ok_or_else(lost)?;
        let builder = AmazonS3Builder::new()
            .with_bucket_name(&self.bucket)
            .with_region(&self.region)
            .with_access_key_id(&self.access_key_id)
            .with_secret_access_key(secret)
            .with_virtual_hosted_style_request(!self.path_style)
            .with_allow_http(true)
            // Many stores do not have it, and one object is deleted at a time.
            .with_disable_bulk_delete(true)
            .with_retry(retry())
            .with_http_connector(Calls::new(egress, self.endpoint.as_ref()));
        let builder = match &self.endpoint {
            None => builder,
            Some(endpoint) => builder.with_endpoint(self.address(endpoint)?),
        };
        let store = builder.build().map_err(|error| error.to_string())?;
        Ok(Arc::new(store))
    }

    /// The address without its last slash, with the bucket in the host's name unless it stands in the path.
    fn address(&self, endpoint: &Url) -> Result<String, String> {
        let mut address = endpoint.clone();
        if !self.path_style {
            let Some(Host::Domain(host)) = endpoint.host() else {
                return Err("An address of numbers needs the bucket in its path.".to_owned());
            };
            let host = format!("{}.{host}", self.bucket);
            address.set_host(Some(&host)).map_err(|error| format!("{host} is no host: {error}."))?;
        }
        Ok(address.as_str().trim_end_matches('/').to_owned())
    }
}

impl Gcs {
    pub(super) fn store(&self, egress: &Egress) -> Made {
        let key = self.key.as_ref().ok_or_else(lost)?;
        let address = self.endpoint.as_ref().map_or(GOOGLE, Url::as_str).trim_end_matches('/');
        let store = GoogleCloudStorageBuilder::new()
            .with_bucket_name(&self.bucket)
            .with_service_account_key(key)
            // Before any address that the key's file names.
            .with_base_url(address)
            .with_retry(retry())
            .with_http_connector(Calls::new(egress, self.endpoint.as_ref()))
            .build()
            // Its words may repeat the key.
            .map_err(|_| "The service account's JSON has no private key that can be used.".to_owned())?;
        Ok(Arc::new(store))
    }
}

fn lost() -> String {
    "Its key cannot be opened with this data folder's master key. Give it again on the Connections page."
        .to_owned()
}

fn retry() -> RetryConfig {
    let backoff = BackoffConfig { init_backoff: Duration::from_millis(200), ..BackoffConfig::default() };
    RetryConfig { backoff, max_retries: 2, retry_timeout: Duration::from_secs(45) }
}

/// The calls of a store.
#[derive(Clone, Debug)]
struct Calls {
    egress: Egress,
    reach: Reach,
}

impl Calls {
    /// An address that the owner named may be on this machine.
    fn new(egress: &Egress, named: Option<&Url>) -> Self {
        let reach = if named.is_some() { Reach::Trusted } else { Reach::Public };
        Self { egress: egress.clone(), reach }
    }
}

impl HttpConnector for Calls {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Calls {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (head, body) = request.into_parts();
        let unfit = |error| HttpError::new(HttpErrorKind::Unknown, error);
        let url = Url::parse(&head.uri.to_string()).map_err(unfit)?;
        let body = body.collect().await?.to_bytes();
        let headers = head.headers.iter();
        let call = Call {
            method: head.method,
            url,
            headers: headers.map(|(name, value)| (name.clone(), value.clone())).collect(),
            body: Some(body.to_vec()),
            reach: self.reach,
            patience: Some(ANSWER),
        };
        let response = self.egress.call(call).await.map_err(failed)?;
        let (status, headers) = (response.status, response.headers.clone());
        // Whole, since no object is larger than what is read whole.
        let body = response.bytes().await.map_err(failed)?;
        let length = body.len();
        let mut answer = http::Response::new(HttpResponseBody::from(body));
        (*answer.status_mut(), *answer.headers_mut()) = (status, headers);
        // A store that answers in pieces does not say how many bytes they are.
        answer.headers_mut().entry(CONTENT_LENGTH).or_insert(HeaderValue::from(length));
        Ok(answer)
    }
}

/// What is worth another try is the store's to say.
fn failed(error: Error) -> HttpError {
    let kind = match &error {
        Error::Unreachable(_) => HttpErrorKind::Connect,
        Error::TimedOut(_) => HttpErrorKind::Timeout,
        Error::Broken(_) => HttpErrorKind::Interrupted,
        Error::Denied(..) | Error::Untrusted(..) | Error::TooLarge(_) | Error::Client => {
            HttpErrorKind::Unknown
        }
    };
    HttpError::new(kind, error)
}
