mod support;
mod twin;
