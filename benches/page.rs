//! The tables of `docs/benchmarks.md`. Each benchmark prints its table, and with `CASEBOOK_REWRITE=1` also writes it to
//! the page.

use std::{env, fs, path::Path};

/// A table of figures. The first column has the names of the rows.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Starts a table with the names of its columns.
    pub(crate) fn new(columns: &[&str]) -> Self {
        Self { rows: vec![columns.iter().map(|name| (*name).to_owned()).collect()] }
    }

    /// Adds a row. Missing cells at the end are empty.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let mut row: Vec<String> = cells.into_iter().collect();
        row.resize(self.rows[0].len(), String::new());
        self.rows.push(row);
    }

    /// Prints the table. With `CASEBOOK_REWRITE=1`, replaces the table between the lines `<!-- NAME … -->` and
    /// `<!-- end of NAME -->` of the page.
    pub(crate) fn publish(&self, name: &str) {
        let text = self.markdown();
        print!("{text}");
        if env::var_os("CASEBOOK_REWRITE").is_none() {
            return;
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/benchmarks.md");
        let page = fs::read_to_string(&path).expect("docs/benchmarks.md can be read");
        let (before, rest) =
            page.split_once(&format!("<!-- {name}: ")).expect("the page has the table's first line");
        let (command, rest) = rest.split_once('\n').expect("the first line ends");
        let end = format!("<!-- end of {name} -->");
        let (_, after) = rest.split_once(&end).expect("the page has the table's last line");
        fs::write(path, format!("{before}<!-- {name}: {command}\n{text}{end}{after}"))
            .expect("the page can be written");
    }

    fn markdown(&self) -> String {
        let widths: Vec<usize> = (0..self.rows[0].len())
            .map(|column| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default())
            .collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
        };
        let rule = format!(
            "|{}\n",
            widths.iter().map(|width| format!("{}|", "-".repeat(width + 2))).collect::<String>()
        );
        let rows = self.rows[1..].iter().map(line).collect::<String>();
        format!("{}{rule}{rows}", line(&self.rows[0]))
    }
}
