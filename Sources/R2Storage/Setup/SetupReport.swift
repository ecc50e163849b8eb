#if Storage
/// The findings of ``R2Client/checkSetup(origin:)``, in the order of the checks.
public struct SetupReport: Sendable, Hashable {
    /// The severity of a finding.
    public enum Severity: String, Sendable, Hashable {
        /// The check passed.
        case passed
        /// The check couldn't be carried out.
        case unknown
        /// The installation works, but should be fixed.
        case warning
        /// The installation doesn't work.
        case problem
    }

    /// The subject of a finding.
    ///
    /// Later versions may add subjects.
    public struct Subject: Sendable, Hashable, CustomStringConvertible {
        /// The name of the subject.
        public let description: String

        init(_ name: String) { description = name }

        /// The connection to the endpoint.
        public static let connection = Self("connection")
        /// The access key ID and the secret access key.
        public static let credentials = Self("credentials")
        /// The clock of this machine.
        public static let clock = Self("clock")
        /// The existence of the bucket.
        public static let bucket = Self("bucket")
        /// The jurisdiction of the bucket, compared with the endpoint's.
        public static let jurisdiction = Self("jurisdiction")
        /// The permission to write objects.
        public static let write = Self("write")
        /// The permission to read objects.
        public static let read = Self("read")
        /// The permission to list objects.
        public static let list = Self("list")
        /// The permission to delete objects.
        public static let delete = Self("delete")
        /// The CORS rules that pages need to upload.
        public static let corsUpload = Self("CORS upload")
        /// The CORS rule that lets pages read `ETag`, which multipart uploads need.
        public static let corsETag = Self("CORS ETag")
        /// The CORS rules that pages need to play.
        public static let corsPlayback = Self("CORS playback")
    }

    /// The result of one check.
    public struct Finding: Sendable, Hashable, CustomStringConvertible {
        /// The severity of the finding.
        public let severity: Severity
        /// The subject of the check.
        public let subject: Subject
        /// A sentence that states the result.
        public let message: String
        /// A sentence that states how to fix the problem, or `nil` if the check passed.
        public let remedy: String?

        /// The severity, the subject, the message and the remedy, on one line.
        public var description: String {
            "\(severity.rawValue): \(subject): \(message)" + (remedy.map { " \($0)" } ?? "")
        }
    }

    /// The findings, in the order of the checks.
    public internal(set) var findings: [Finding] = []

    /// A Boolean value that indicates whether no finding is a problem.
    public var isUsable: Bool { !findings.contains { $0.severity == .problem } }

    /// Returns the first finding about a subject, or `nil` if the subject wasn't checked.
    public subscript(subject: Subject) -> Finding? { findings.first { $0.subject == subject } }

    mutating func add(_ severity: Severity, _ subject: Subject, _ message: String, remedy: String? = nil) {
        findings.append(Finding(severity: severity, subject: subject, message: message, remedy: remedy))
    }
}

extension SetupReport: CustomStringConvertible {
    /// One line per finding.
    public var description: String { findings.map(\.description).joined(separator: "\n") }
}
#endif
