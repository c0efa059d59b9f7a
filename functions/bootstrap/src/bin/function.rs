//! Every function in one program: `function place-order`.
fn main() -> std::process::ExitCode {
    bootstrap::main_of_all()
}
