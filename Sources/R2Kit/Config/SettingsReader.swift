/// Reads settings one by one and gathers what is wrong with them, so that one failed load reports everything.
struct SettingsReader {
    /// What a source knows of a setting.
    enum Value {
        case text(String)
        case absent
        /// It is there, but is no text, such as a list.
        case notText
    }

    private let source: (String) -> Value
    private(set) var problems: [R2ConfigError.Problem] = []

    init(source: @escaping (String) -> Value) { self.source = source }

    /// Whether a setting is there, right or wrong.
    func has(_ name: String) -> Bool {
        switch source(name) {
        case .absent, .text(""): false
        case .text, .notText: true
        }
    }

    /// A setting that may be left out; an empty one counts as left out.
    mutating func optional<Result>(
        _ name: String, _ make: (String) throws(R2KitError) -> Result
    ) -> Result? {
        switch source(name) {
        case .absent, .text(""): return nil
        case .notText:
            problems.append(.init(setting: name, isMissing: false, message: "must be a text or a whole number"))
            return nil
        case .text(let value):
            do {
                return try make(value)
            } catch {
                problems.append(.init(setting: name, isMissing: false, message: error.message))
                return nil
            }
        }
    }

    /// A setting that must be there.
    mutating func required<Result>(
        _ name: String, _ expected: String, _ make: (String) throws(R2KitError) -> Result
    ) -> Result? {
        if case .notText = source(name) { return optional(name, make) }
        guard case .text(let value) = source(name), !value.isEmpty else {
            problems.append(.init(setting: name, isMissing: true, message: "is missing; expected \(expected)"))
            return nil
        }
        return optional(name, make)
    }

    mutating func add(_ name: String, _ message: String) {
        problems.append(.init(setting: name, isMissing: false, message: message))
    }
}
