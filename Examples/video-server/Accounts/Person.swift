#if Emulator && Delivery && SQLite
import VideoCatalog

/// A person who can sign in.
///
/// This is a stub: three people without passwords. Replace it with the accounts of your app.
struct Person: Sendable, Hashable, Codable {
    let id: String
    let name: String
    let isTeacher: Bool

    static let all = [
        Person(id: "ada", name: "Ada", isTeacher: false), Person(id: "ben", name: "Ben", isTeacher: false),
        Person(id: "kim", name: "Kim", isTeacher: true),
    ]

    private init(id: String, name: String, isTeacher: Bool) {
        self.id = id
        self.name = name
        self.isTeacher = isTeacher
    }

    /// Creates the person with an identifier, or returns `nil` if there is no such person.
    init?(id: String) {
        guard let person = Self.all.first(where: { $0.id == id }) else { return nil }
        self = person
    }
}

/// A session of a course, to which videos are uploaded.
struct CourseSession: Sendable, Codable {
    let id: CourseSessionID
    let title: String

    static let all = [
        CourseSession(id: "speaking/1", title: "Session 1: Introduce yourself"),
        CourseSession(id: "speaking/2", title: "Session 2: Explain an idea"),
        CourseSession(id: "speaking/3", title: "Session 3: Your final talk"),
    ]
}
#endif
