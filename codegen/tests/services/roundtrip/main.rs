//! Sends random requests with generated clients to generated services in this process, and compares each request
//! with the one that the handler receives. `roundtrip ROUNDS SEED` prints `done`, or fails with the first
//! difference of each operation and its seed: `roundtrip 1 SEED` repeats it.

mod calls;
mod random;

use calls::{in_3_0, in_3_1};
use random::Random;

/// The result of sending a random request.
pub enum Outcome {
    /// The handler received the request as it was.
    Equal,
    /// The client refused to send a request that would have been read differently.
    Refused,
    /// The handler received another request, or none; the text shows both.
    Different(String),
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>().expect("a number"));
    let (rounds, seed) = (arguments.next().unwrap_or(1), arguments.next().unwrap_or_default());
    let (first, second) = (in_3_0::Calls::new(), in_3_1::Calls::new());
    let operations = in_3_0::Calls::OPERATIONS;
    assert_eq!(operations, in_3_1::Calls::OPERATIONS);
    let mut equal = vec![0_u64; operations.len()];
    let mut different: Vec<Option<String>> = vec![None; operations.len()];
    for seed in seed..seed + rounds {
        let mut random = Random::new(seed);
        let index = random.below(operations.len());
        let outcome = match random.below(2) {
            0 => first.call(operations[index], &mut random).await,
            _ => second.call(operations[index], &mut random).await,
        };
        match outcome {
            Outcome::Equal => equal[index] += 1,
            Outcome::Refused => {}
            Outcome::Different(message) => {
                let message = format!("{} with the seed {seed}: {message}\n", operations[index]);
                different[index].get_or_insert(message);
            }
        }
    }
    let different: String = different.into_iter().flatten().collect();
    assert!(different.is_empty(), "the first difference of each operation:\n{different}");
    let refused = rounds - equal.iter().sum::<u64>();
    eprintln!("{rounds} requests of random values: {refused} were refused by the client, all others arrived as they were");
    for (operation, equal) in operations.iter().zip(&equal) {
        // Refusing everything would be no proof.
        let expected = rounds / operations.len() as u64 / 4;
        assert!(*equal >= expected, "only {equal} requests of {operation} were sent");
    }
    println!("done");
}
