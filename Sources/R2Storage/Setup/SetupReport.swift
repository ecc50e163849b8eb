#if Storage
/// What ``R2Client/checkSetup(origin:)`` found, in the order in which it looked.
public struct SetupReport: Sendable, Hashable {
    /// How bad a finding is.
    public enum Severity: String, Sendable, Hashable {
        /// As it should be.
        case passed
        /// It could not be found out.
        case unknown
        /// It works, and should be mended.
        case warning
        /// It does not work.
        case problem
    }

    /// What a finding is about; an open set.
    public struct Subject: Sendable, Hashable, CustomStringConvertible {
        /// The name.
        public let description: String

        init(_ name: String) { description = name }

        /// Whether the endpoint answers.
        public static let connection = Self("connection")
        /// Whether the key pair is known, and the secret its own.
        public static let credentials = Self("credentials")
        /// Whether this machine's clock is right.
        public static let clock = Self("clock")
        /// Whether the bucket is there.
        public static let bucket = Self("bucket")
        /// Whether the bucket is in the jurisdiction of the endpoint.
        public static let jurisdiction = Self("jurisdiction")
        /// Whether objects may be written.
        public static let write = Self("write")
        /// Whether objects may be read.
        public static let read = Self("read")
        /// Whether objects may be listed.
        public static let list = Self("list")
        /// Whether objects may be deleted.
        public static let delete = Self("delete")
        /// Whether a page may upload.
        public static let corsUpload = Self("CORS upload")
        /// Whether a page may read what uploads in parts need.
        public static let corsETag = Self("CORS ETag")
        /// Whether a page may play.
        public static let corsPlayback = Self("CORS playback")
    }

    /// One finding.
    public struct Finding: Sendable, Hashable, CustomStringConvertible {
        /// How bad it is.
        public let severity: Severity
        /// What it is about.
        public let subject: Subject
        /// What was found.
        public let message: String
        /// What to do about it; `nil` if it is as it should be.
        public let remedy: String?

        /// All on one line.
        public var description: String {
            "\(severity.rawValue): \(subject): \(message)" + (remedy.map { "; \($0)" } ?? "")
        }
    }

    /// The findings.
    public internal(set) var findings: [Finding] = []

    /// Whether nothing was found that does not work.
    public var isUsable: Bool { !findings.contains { $0.severity == .problem } }

    /// The finding about something, if it was looked at.
    public subscript(subject: Subject) -> Finding? { findings.first { $0.subject == subject } }

    mutating func add(_ severity: Severity, _ subject: Subject, _ message: String, remedy: String? = nil) {
        findings.append(Finding(severity: severity, subject: subject, message: message, remedy: remedy))
    }
}

extension SetupReport: CustomStringConvertible {
    /// A line for each finding.
    public var description: String { findings.map(\.description).joined(separator: "\n") }
}
#endif
