import Testing

/// The body of a request or an answer.
///
/// It is no collection on purpose: of two collections that differ `#expect` works out how, which for a video takes forever.
struct Body: Sendable, Equatable, CustomTestStringConvertible {
    var bytes: [UInt8]

    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    var count: Int { bytes.count }

    /// The length and the beginning.
    var testDescription: String {
        "\(count) bytes, beginning with \(String(decoding: bytes.prefix(60), as: UTF8.self).debugDescription)"
    }
}
