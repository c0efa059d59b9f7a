//! The configuration of SDK clients.

use aws_config::{
    BehaviorVersion, Region, SdkConfig, ecs::EcsCredentialsProvider,
    environment::EnvironmentVariableCredentialsProvider, meta::credentials::CredentialsProviderChain,
    provider_config::ProviderConfig,
};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use client::Http;

use crate::connector::SdkHttp;

/// The configuration of every SDK client: its region, and its endpoint if not where the region says.
///
/// Credentials are those of the environment (Lambda or an operator sets them), or else those of the container's endpoint (ECS,
/// EKS Pod Identity). Nothing is read and no connection opened yet.
pub fn config(http: &Http, region: &str, endpoint: Option<&str>) -> SdkConfig {
    let http = SharedHttpClient::new(SdkHttp(http.clone()));
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .credentials_provider(credentials(http.clone()))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .http_client(http);
    config.set_endpoint_url(endpoint.map(str::to_owned));
    config.build()
}

/// The region of emulators.
const EMULATED_REGION: &str = "us-east-1";

/// The configuration for an emulator, which accepts any credentials.
pub fn emulated(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("test", "test", None, None, "emulated");
    let credentials = SharedCredentialsProvider::new(credentials);
    config(&Http::new(), EMULATED_REGION, Some(endpoint)).into_builder().credentials_provider(credentials).build()
}

/// Not the SDK's default chain: it brings four more ways with their clients, which is megabytes in every program.
fn credentials(http: SharedHttpClient) -> SharedCredentialsProvider {
    let places = ProviderConfig::empty().with_http_client(http);
    let container = EcsCredentialsProvider::builder().configure(&places).build();
    let environment = EnvironmentVariableCredentialsProvider::new();
    SharedCredentialsProvider::new(
        CredentialsProviderChain::first_try("Environment", environment).or_else("Container", container),
    )
}
