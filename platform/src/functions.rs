//! `tiffin functions`: a table of every function, as it is declared.

use host::{FunctionRow, function_rows};

use crate::services::SERVICES;

/// The table, wide enough for its longest words.
pub(crate) fn table() -> String {
    let rows = function_rows(SERVICES);
    let mut lines = vec![["SERVICE", "FUNCTION", "CALLED BY", "WHO", "MAY"].map(str::to_owned)];
    lines.extend(rows.into_iter().map(|FunctionRow { service, function, called_by, who, may, .. }| {
        [service.to_owned(), function.to_owned(), called_by, who, may]
    }));
    let widths: Vec<usize> =
        (0..4).map(|column| lines.iter().map(|line| line[column].len().min(MAX_COLUMN)).max().unwrap_or(0)).collect();
    let line = |cells: &[String; 5]| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.chain([cells[4].clone()]).collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    lines.iter().map(line).collect()
}

/// The widest a column is padded to.
const MAX_COLUMN: usize = 56;
