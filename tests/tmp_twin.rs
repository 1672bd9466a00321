mod support;
mod twin;
mod twin_record;
mod twin_world;
