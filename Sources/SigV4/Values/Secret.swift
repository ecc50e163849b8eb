/// A text that must not be seen: it prints, dumps and reflects as `<secret>`, and is not `Codable`.
///
/// Reading it takes the word ``exposed``, so that every place that does is found by searching for it.
/// Two secrets are compared in a time that does not depend on where they differ.
public struct Secret: Sendable, Equatable {
    /// The text itself.
    ///
    /// Never log it.
    public let exposed: String

    /// Wraps a text.
    public init(_ text: String) { exposed = text }

    /// Compares in constant time for secrets of the same length.
    public static func == (first: Secret, second: Secret) -> Bool {
        ConstantTime.areEqual(Array(first.exposed.utf8), Array(second.exposed.utf8))
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<secret>`.
    public var description: String { "<secret>" }
    /// Always `<secret>`.
    public var debugDescription: String { "<secret>" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Comparison that takes the same time wherever the first difference lies.
package enum ConstantTime {
    /// Whether both hold the same bytes.
    ///
    /// Only a difference in length is answered early.
    package static func areEqual(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        guard first.count == second.count else { return false }
        var difference: UInt8 = 0
        for (one, other) in zip(first, second) { difference |= one ^ other }
        return difference == 0
    }
}
