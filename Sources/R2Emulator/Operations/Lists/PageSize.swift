#if Emulator
internal import R2KitSupport

/// The `max-keys` of a list and its relatives.
struct PageSize: Sendable {
    /// The maximum number of entries of the page.
    let count: Int
    /// The number that the response repeats.
    let echo: String

    /// Reads the parameter.
    ///
    /// R2 (observed): a fraction is rounded down. More than 1,000 counts as 1,000, but is repeated as requested. An
    /// empty or negative value, text and `Infinity` are refused.
    init(_ text: String?, _ limits: R2Emulator.Limits) throws(Refusal) {
        guard let text else {
            count = limits.maximumPageLength
            echo = String(count)
            return
        }
        let isNumber = text.utf8.allSatisfy { "0123456789.eE+".utf8.contains($0) }
        guard !text.isEmpty, isNumber, let number = Double(text), number >= 0, number < 1e15 else {
            throw .invalidMaxKeys
        }
        let requested = Int64(number)
        count = Int(min(requested, Int64(limits.maximumPageLength)))
        echo = String(requested)
    }
}

/// The opaque tokens with which lists continue.
enum ContinuationToken {
    static func token(after name: String) -> String { "1" + Base64URL.encode(Array(name.utf8)) }

    /// Returns the key or prefix after which a list continues.
    ///
    /// R2 (documented): a token that R2 didn't issue is an error. Unsettled: its message.
    static func key(_ token: String) throws(Refusal) -> String {
        guard token.hasPrefix("1"), let bytes = Base64URL.decode(token.utf8.dropFirst()),
            let key = String(validating: bytes, as: UTF8.self)
        else { throw .invalidArgument("The continuation token provided is incorrect") }
        return key
    }
}
#endif
