//! Writes anew what the services' tables on DynamoDB hold, as `tiffin reindex` does for a data directory. Functions may run
//! meanwhile. Tables are named by `TIFFIN_TABLE_…`, as for functions; region and credentials are those of the environment.

use app::Table;
use bootstrap::SERVICES;
use dynamodb::DynamoDb;
use host::{reindex, requirements};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "what was done")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let variable = |name: &str| std::env::var(name).map_err(|_| format!("the environment does not say {name}"));
    let region = variable("AWS_REGION")?;
    let endpoint = std::env::var(requirements::AWS_ENDPOINT).ok().filter(|endpoint| !endpoint.is_empty());
    let sdk = aws::config(&client::Http::new(), &region, endpoint.as_deref());
    let stored = SERVICES.iter().flat_map(|service| service.stored);
    let mut tables: Vec<(Table, String)> = Vec::new();
    for table in stored.map(|stored| stored.table) {
        if tables.iter().all(|(known, _)| *known != table) {
            tables.push((table, variable(&requirements::table_variable(table))?));
        }
    }
    let store = DynamoDb::connect(&sdk, tables);
    for service in SERVICES {
        let done = reindex(&store, service).await?;
        println!("{}: {} items, {} of them written anew", service.name, done.items, done.written);
        for key in done.unreadable {
            println!("  {key} can't be read, and stays as it is");
        }
    }
    Ok(())
}
