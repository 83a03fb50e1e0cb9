//! What a user sees, room by room, in one test program.
#![allow(missing_docs, reason = "tests are read, not linked to")]

mod answers;
mod authoring;
mod bridges;
mod cli;
mod content;
mod edges;
mod editors;
mod files;
mod forms;
mod glossary;
mod graphs;
mod hostile;
mod imports;
mod includes;
mod leftovers;
mod migrations;
mod numbers;
mod ops;
mod pages;
mod parts;
mod pictures;
mod planted;
mod programs;
mod rebuild;
mod said;
mod serve;
mod silence;
mod site;
mod studio;
mod templates;
mod tidy;
mod tidying;
mod train;
mod translations;
mod watching;
