/// The error that a broken rule throws.
struct FailedExpectation: Error {
    let subject: String
    let expected: String
    let actual: String

    init(_ subject: String, expected: String, actual: String) {
        self.subject = subject
        self.expected = expected
        self.actual = actual
    }
}
