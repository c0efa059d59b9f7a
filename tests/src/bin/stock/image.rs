//! The image that `sam local` runs functions in, made here: no registry has to be asked.

use cargo_aws::tool::{root, succeed};
use tokio::process::Command;

/// What it is called.
pub(crate) const IMAGE: &str = "tiffin/lambda-base:1";

/// Makes it.
pub(crate) async fn make() {
    let mut image = Command::new("sh");
    image.arg(root().join("tests/src/bin/stock/base_image.sh")).arg(IMAGE);
    succeed(image).await.expect("the image can be made");
}
