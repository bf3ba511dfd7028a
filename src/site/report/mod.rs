//! The figures of the page of the report, in the words of the site.

mod chart;
mod figures;

pub(super) use chart::FlowChart;
pub(super) use figures::{Bar, FigureCell};
