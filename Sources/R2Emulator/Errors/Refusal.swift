#if Emulator
/// A refusal of a request, in R2's words.
struct Refusal: Error, Sendable {
    /// The status of the response.
    var status: Int
    /// The `Code` of the document.
    var code: String
    /// The `Message` of the document.
    var message: String
    /// Headers in addition to those of every error.
    var headers: [(String, String)]
    /// Elements of the document after `Message`, by their names.
    var details: [(String, String)]
    /// The reason for the request log, such as both canonical requests.
    ///
    /// Never a secret.
    var explanation: String?

    /// Creates a refusal.
    /// - Parameters:
    ///   - status: The status of the response.
    ///   - code: The `Code` of the document.
    ///   - message: The `Message` of the document.
    ///   - headers: Headers in addition to those of every error.
    ///   - details: Elements of the document after `Message`, by their names.
    ///   - explanation: The reason for the request log. Never a secret.
    init(
        status: Int, code: String, message: String, headers: [(String, String)] = [],
        details: [(String, String)] = [], explanation: String? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers
        self.details = details
        self.explanation = explanation
    }
}
#endif
