//! Integration tests: one binary, so that polars is linked once.

mod archive;
