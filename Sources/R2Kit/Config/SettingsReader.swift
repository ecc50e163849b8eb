/// Reads settings one by one and collects their problems, so that one failed load reports everything.
struct SettingsReader {
    /// The state of a setting in its source.
    enum Value {
        case text(String)
        case absent
        /// The setting exists, but has another type, such as a list.
        case notText
    }

    private let source: (String) -> Value
    private(set) var problems: [R2ConfigError.Problem] = []

    init(source: @escaping (String) -> Value) { self.source = source }

    /// Returns whether a setting exists, valid or not.
    ///
    /// An empty one doesn't.
    func has(_ name: String) -> Bool {
        switch source(name) {
        case .absent, .text(""): false
        case .text, .notText: true
        }
    }

    /// Reads an optional setting.
    ///
    /// An empty one counts as absent.
    mutating func optional<Result>(
        _ name: String, _ make: (String) throws(R2ValidationError) -> Result
    ) -> Result? {
        switch source(name) {
        case .absent, .text(""): return nil
        case .notText:
            add(name, "Invalid type: expected a string or a whole number.")
            return nil
        case .text(let value):
            do {
                return try make(value)
            } catch {
                add(name, error.message)
                return nil
            }
        }
    }

    /// Reads a required setting.
    mutating func required<Result>(
        _ name: String, _ expected: String, _ make: (String) throws(R2ValidationError) -> Result
    ) -> Result? {
        if case .notText = source(name) { return optional(name, make) }
        guard case .text(let value) = source(name), !value.isEmpty else {
            problems.append(.init(setting: name, isMissing: true, message: "Missing: expected \(expected)."))
            return nil
        }
        return optional(name, make)
    }

    mutating func add(_ name: String, _ message: String) {
        problems.append(.init(setting: name, isMissing: false, message: message))
    }
}
