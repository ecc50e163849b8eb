#if Emulator
/// The credential of a signature: `ID/20260102/auto/s3/aws4_request`.
struct CredentialField: Sendable {
    /// The access key ID.
    let keyID: String
    /// The region as sent.
    let region: String

    /// The regions that R2 names in its refusal.
    ///
    /// The empty region and `us-east-1` are aliases of `auto`.
    private static let regions = ["wnam", "enam", "weur", "eeur", "apac", "oc", "auto"]

    /// Reads a credential and checks its parts in R2's order.
    /// - Parameters:
    ///   - text: The credential as sent.
    ///   - date: The date of the request.
    ///   - isKnown: Returns whether the emulator has an access key.
    /// - Throws: A ``Refusal`` for the first part that isn't valid.
    init(_ text: String, signedAt date: RequestDate, isKnown: (String) -> Bool) throws(Refusal) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard parts.count >= 5 else {
            throw .invalidArgument(
                "Credential sigv4 header should have at least 5 slash-separated parts, not \(parts.count)")
        }
        // Everything before the last four parts is the ID, slashes included.
        let id = parts.dropLast(4).joined(separator: "/")
        let scope = Array(parts.suffix(4))
        // R2's IDs have 32 characters. The emulator's own keys may have others. Unsettled: the place in the order.
        guard id.utf8.count == 32 || isKnown(id) else {
            throw .invalidArgument("Credential access key has length \(id.utf8.count), should be 32")
        }
        guard scope[2] == "s3" else { throw .invalidArgument("Credential service should be s3, not \(scope[2])") }
        guard scope[3] == "aws4_request" else {
            throw .invalidArgument("Credential termination string should be aws4_request, not \(scope[3])")
        }
        // Unsettled: the place in the order.
        guard Self.regions.contains(scope[1]) || ["", "us-east-1"].contains(scope[1]) else {
            throw Refusal(
                status: 400, code: "InvalidRegionName",
                message: "The region name '\(scope[1])' is not valid. "
                    + "Must be one of: \(Self.regions.joined(separator: ", "))")
        }
        // R2 names the header for both forms.
        guard scope[0] == date.day else {
            throw .invalidArgument(
                "Credential signed date \(scope[0]) does not match \(date.day) from 'x-amz-date' header")
        }
        keyID = id
        region = scope[1]
    }
}
#endif
