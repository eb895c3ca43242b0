//! Downloads through the one HTTP client of this program.

use std::{env, io};

use futures_util::StreamExt as _;
use reqwest::{Method, header};
use url::Url;

use super::Download;
use crate::egress::{Call, Egress, Reach, Response};

/// How many times a hub may send us on.
const HOPS: usize = 5;

/// Downloads through the egress client. What it asks may send on to other hosts; no header of ours goes along.
#[derive(Clone)]
pub struct Hub {
    pub egress: Egress,
}

impl Hub {
    async fn open(&self, url: &str) -> Result<Response, String> {
        let mut url = Url::parse(url).map_err(|error| error.to_string())?;
        for _ in 0..HOPS {
            let call = Call {
                method: Method::GET,
                url: url.clone(),
                headers: Vec::new(),
                body: None,
                reach: Reach::Public,
                patience: None,
            };
            let response = self.egress.call(call).await.map_err(|error| error.to_string())?;
            if !response.status.is_redirection() {
                return Ok(response);
            }
            let next = response.headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
            url = next
                .and_then(|next| url.join(next).ok())
                .filter(|next| next.scheme() == "https")
                .ok_or("it sends on to nowhere")?;
        }
        Err("it sends on too often".to_owned())
    }
}

impl Download for Hub {
    async fn get(
        &self,
        url: &str,
        piece: &mut (dyn FnMut(&[u8]) -> io::Result<()> + Send),
    ) -> Result<(), String> {
        if env::var_os("ANABRANCH_OFFLINE").is_some() {
            return Err("ANABRANCH_OFFLINE is set".to_owned());
        }
        let response = self.open(url).await?;
        if !response.status.is_success() {
            return Err(format!("it answered {}", response.status));
        }
        let mut stream = response.stream();
        while let Some(bytes) = stream.next().await {
            piece(&bytes.map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}
