/// Why a document was refused.
struct XMLError: Error, Hashable {
    /// What was expected.
    let message: String
    /// At which byte.
    let offset: Int
    /// Whether the document ends before its root element does.
    let isEarlyEnd: Bool
}
