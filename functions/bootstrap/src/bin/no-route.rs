//! What an HTTP API answers where no function does.
fn main() -> std::process::ExitCode {
    bootstrap::main_without_function()
}
