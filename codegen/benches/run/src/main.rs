//! The benchmark of a generated service against two hand-written ones.
//!
//! Each request is sent to all services in turn, in one process and one thread, so that disturbances affect all
//! of them. Only the ratios between the services are meaningful.

#[macro_use]
mod checks;
mod checked;
mod generated;
mod measure;
mod plain;
mod samples;
mod types;

use criterion::Criterion;

use self::measure::{Contender, Measured};

fn main() {
    let products = samples::products();
    let contenders = [
        Contender::new("generated", generated::router(products.clone())),
        Contender::new("by hand, checked", checked::router(products.clone())),
        Contender::new("by hand, unchecked", plain::router(products)),
    ];
    for sample in samples::measured() {
        measure::agree(&contenders, &sample);
    }
    for sample in samples::refused() {
        measure::refuse(&contenders[..2], &sample);
    }
    let mut criterion = Criterion::default();
    let measured: Vec<Measured> =
        samples::measured().iter().map(|sample| measure::measure(&mut criterion, &contenders, sample)).collect();
    println!("{}", measure::table(&contenders, &measured));
}
