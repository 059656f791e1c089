//! Calls that the console shows as code in Rust, with the endpoint and the ciphertext of the arguments.

use std::error::Error;

// The console breaks lines in its own way.
#[rustfmt::skip]
mod shown;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("usage: calls ENDPOINT CIPHERTEXT");
    let (endpoint, ciphertext) = (next()?, next()?);
    Box::pin(shown::calls(&endpoint, &ciphertext)).await
}
