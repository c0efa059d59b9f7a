//! A container engine, where one runs.

use std::net::Ipv4Addr;

use tokio::process::Command;

/// The address of this computer as containers on the engine's bridge see it; `None` where no engine answers. It is the first
/// of the bridge's network.
pub async fn bridge_address() -> Option<Ipv4Addr> {
    const SUBNET: &str = "{{(index .IPAM.Config 0).Subnet}}";
    let output = Command::new("docker").args(["network", "inspect", "bridge", "--format", SUBNET]).output().await;
    let output = output.ok().filter(|output| output.status.success())?;
    let network: Ipv4Addr = String::from_utf8(output.stdout).ok()?.split('/').next()?.parse().ok()?;
    Some(Ipv4Addr::from_bits(network.to_bits() + 1))
}
