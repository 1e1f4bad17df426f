use std::process::Command;

#[test]
fn three_people_share_ten_euros() {
    let output = Command::new(env!("CARGO_BIN_EXE_till")).args(["1000", "3"]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "3.34\n3.33\n3.33\n");
}
