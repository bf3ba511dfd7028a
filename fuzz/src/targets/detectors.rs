//! Detectors find whole characters of the text, in order and without overlaps.

use casebook::fuzzing::detect;

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let detected = detect(&text);
    for spans in [&detected.secrets, &detected.personal] {
        let mut end = 0;
        for span in spans {
            assert!(text.get(span.clone()).is_some_and(|found| !found.is_empty()), "{span:?} in {text:?}");
            assert!(span.start >= end, "{spans:?} in {text:?}");
            end = span.end;
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "password = hunter2hunter2 token: ghp_0123456789abcdefghijABCDEFGHIJ012345",
        "AKIAIOSFODNN7EXAMPLF aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n",
        "https://mei:s3cr3tpw@db.acme.dev/x Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghij",
        "mei.lin@acme.dev +49 30 901820 4111 1111 1111 1111 DE89370400440532013000 078-05-1120 11010519491231002X",
        "n/a\n\nsee above 同上 .... aaaa <!-- Which version is deployed? -->\n- a\n```\nb\n```\n",
    ];
    let mut seeds: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    seeds.extend(crate::input::texts_of_rules());
    seeds
}
