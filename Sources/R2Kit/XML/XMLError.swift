/// Why a document was refused.
struct XMLError: Error, Hashable {
    /// What was expected.
    let message: String
    /// At which byte.
    let offset: Int
}
