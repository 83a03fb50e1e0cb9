//! What a user sees, room by room, in one test program.
#![allow(missing_docs, reason = "tests are read, not linked to")]

mod answers;
mod authoring;
mod cli;
mod content;
mod edges;
mod forms;
mod glossary;
mod graphs;
mod imports;
mod includes;
mod numbers;
mod ops;
mod pages;
mod parts;
mod pictures;
mod planted;
mod programs;
mod rebuild;
mod said;
mod silence;
mod site;
mod studio;
mod templates;
mod tidy;
mod train;
mod translations;
