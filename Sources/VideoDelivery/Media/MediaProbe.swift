#if Delivery
/// A state machine that identifies a video file by its headers.
///
/// The probe does no I/O. It requests ranges of the file, and you read them from wherever the file is:
///
/// ```swift
/// var probe = MediaProbe(byteSize: size)
/// while case .read(let offset, let length) = probe.step {
///     probe.receive(try await read(offset, length))
/// }
/// ```
///
/// It recognizes MP4, QuickTime, WebM, Matroska and MPEG-TS. It requests at most ``maximumReads`` ranges with at most
/// ``maximumBytes`` bytes in total, and no input makes it trap. It reads only headers, so it doesn't prove that a file
/// plays. A file made by an attacker can be valid in another format too.
public struct MediaProbe: Sendable {
    /// The maximum number of ranges that a probe requests.
    public static let maximumReads = 8
    /// The maximum number of bytes that a probe requests in total.
    public static let maximumBytes = 262_144

    /// The next action, or the result.
    public enum Step: Sendable, Hashable {
        /// Read `length` bytes from `offset`, and pass them to ``MediaProbe/receive(_:)``.
        ///
        /// The range is within the file, and `length` is at least 1.
        case read(offset: Int64, length: Int)
        /// The file is one that the probe recognizes. It may contain only sound.
        case finished(MediaInfo)
        /// The file isn't a whole file in a format that the probe recognizes.
        case failed(Failure)
    }

    /// The reason why a file is rejected.
    public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        /// The kind of a failure.
        ///
        /// Later versions may add codes.
        public struct Code: Sendable, Hashable, Codable, RawRepresentable, CustomStringConvertible {
            /// The stable name of the code, such as `notAVideo`.
            public let rawValue: String

            /// Creates a code from its name.
            ///
            /// - Parameter rawValue: The name.
            public init(rawValue: String) { self.rawValue = rawValue }

            /// The stable name of the code.
            public var description: String { rawValue }

            /// The file is empty, has another format, or has damaged headers.
            public static let notAVideo = Code(rawValue: "notAVideo")
            /// The file starts as a video, but its end is missing.
            public static let truncated = Code(rawValue: "truncated")
        }

        /// The kind of failure.
        public let code: Code
        /// A sentence for people that says what was found.
        public let reason: String

        /// The code and the reason.
        public var description: String { "\(code): \(reason)" }

        static func notAVideo(_ reason: String) -> Failure { Failure(code: .notAVideo, reason: reason) }
        static func truncated(_ reason: String) -> Failure { Failure(code: .truncated, reason: reason) }
    }

    /// The next action, or the result.
    public private(set) var step: Step
    private var file: ProbedFile

    /// Creates a probe.
    ///
    /// - Parameter byteSize: The size of the file, in bytes. An empty file fails with the code `notAVideo`.
    public init(byteSize: Int64) {
        file = ProbedFile(size: byteSize)
        step = Self.step(with: file)
    }

    /// Continues with the bytes that the current ``step-swift.property`` requests.
    ///
    /// Does nothing if the current step isn't ``Step/read(offset:length:)``.
    ///
    /// - Parameter bytes: The bytes from the requested offset. If they are fewer than requested, the file ends after
    ///   them. Bytes after the requested ones are ignored.
    public mutating func receive(_ bytes: [UInt8]) {
        guard case .read(let offset, let length) = step else { return }
        file.insert(bytes, at: offset, requested: length)
        step = Self.step(with: file)
    }

    /// Parses the bytes read so far from the start, until one is missing.
    private static func step(with file: ProbedFile) -> Step {
        do throws(ProbeInterruption) {
            return .finished(try MediaFormat.parse(file))
        } catch {
            switch error {
            case .read(let offset, let length): return .read(offset: offset, length: length)
            case .failed(let failure): return .failed(failure)
            }
        }
    }
}
#endif
