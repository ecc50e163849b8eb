/// What an update does to one field.
public enum Change<Value: Sendable & Hashable>: Sendable, Hashable {
    /// The field stays as it is.
    case keep
    /// The field becomes this.
    case set(Value)

    func apply(to field: inout Value) {
        if case .set(let value) = self { field = value }
    }

    /// Whether the field is to be set.
    public var isSet: Bool { self != .keep }

    init(from old: Value, to new: Value) {
        self = old == new ? .keep : .set(new)
    }
}

extension Change where Value: ExpressibleByNilLiteral {
    /// The field becomes `nil`.
    public static var clear: Change { .set(nil) }
}
