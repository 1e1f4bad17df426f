//! Prints what each of several people owes: `till CENTS PEOPLE`.

use std::process::ExitCode;

use money::Money;

fn main() -> ExitCode {
    let numbers: Vec<u32> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    match numbers[..] {
        [cents, people] if people > 0 => {
            for part in Money::cents(cents.into()).split(people) {
                println!("{part}");
            }
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: till CENTS PEOPLE");
            ExitCode::from(2)
        }
    }
}
