//! The parts of the page of the report, in the words of the site.

mod chart;
mod figures;
mod groups;
mod links;
mod losses;
mod measures;
mod problems;
mod savings;

pub(super) use chart::FlowChart;
pub(super) use figures::{Bar, FigureCell};
pub(super) use groups::{GroupTable, group_table};
pub(super) use losses::{FieldRow, MoveRow, PathRow, fields, moves, paths};
pub(super) use measures::{LevelRow, glance, levels, measures};
pub(super) use problems::{GapsContext, ProblemRow, problems};
pub(super) use savings::{SavingContext, saving_context};

/// The maximum number of rows of a table. The command has all of them.
const MAX_ROWS: usize = 12;

/// The minimum number of tickets for a chart or for a picture of a trend.
pub(super) const FEWEST_FOR_TREND: usize = 10;
