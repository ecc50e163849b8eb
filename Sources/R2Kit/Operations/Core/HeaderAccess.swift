internal import HTTPTypes

extension HTTPFields {
    /// The value of a header that HTTPTypes has no constant for; `nil` if it is not there or empty.
    subscript(named name: String) -> String? {
        get {
            guard let name = HTTPField.Name(name), let value = self[name], !value.isEmpty else { return nil }
            return value
        }
        set {
            // Names come from this module's source, and from metadata that has been checked: all are tokens.
            if let name = HTTPField.Name(name) { self[name] = newValue }
        }
    }
}
