#if Delivery
public import VideoCatalog

/// The results of a pass of housekeeping.
public struct HousekeepingPass: Sendable {
    /// The reports, in the order in which the steps ran.
    public var reports: [StepReport] = []

    /// Returns the report of a step.
    ///
    /// - Parameter step: The step.
    /// - Returns: The report, or `nil` if the step didn't run.
    public subscript(_ step: Step) -> StepReport? { reports.first { $0.step == step } }
}

extension HousekeepingPass {
    /// A kind of work.
    ///
    /// An open set: later versions may add steps.
    public struct Step: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
        /// The stable name, such as `expiredUploads`, which metrics and logs contain.
        public let rawValue: String

        /// Creates a step from its name.
        ///
        /// - Parameter rawValue: The name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The stable name.
        public var description: String { rawValue }

        /// Completes videos that are stuck in `verifying`, because a process died or R2 couldn't be reached.
        public static let verifications = Step(rawValue: "verifications")
        /// Ends uploads whose time is over, after checking whether the file has arrived.
        ///
        /// If it has, the upload is completed. Otherwise a first upload becomes `expired`, and a replacement is
        /// canceled.
        public static let expiredUploads = Step(rawValue: "expiredUploads")
        /// Deletes videos whose `deleteAfter` has come.
        public static let deletions = Step(rawValue: "deletions")
        /// Deletes the files that replacements and failed uploads left behind.
        public static let replacedObjects = Step(rawValue: "replacedObjects")
        /// Removes deleted videos for good: marks the row, deletes the objects, and removes the row.
        public static let purges = Step(rawValue: "purges")
        /// Aborts multipart uploads that no upload of a live video uses.
        public static let staleMultipartUploads = Step(rawValue: "staleMultipartUploads")
        /// Deletes files that clients sent in one request after their upload had ended, and markers of canceled ones.
        public static let lateUploads = Step(rawValue: "lateUploads")

        /// All steps, in the order in which a pass runs them.
        public static let all: [Step] = [
            .verifications, .expiredUploads, .deletions, .replacedObjects, .purges, .staleMultipartUploads,
            .lateUploads,
        ]
    }

    /// An item whose handling failed.
    public struct Failure: Sendable {
        /// The identifier of the video or the key of the object.
        public let item: String
        /// The error that was thrown.
        public let error: any Error
    }

    /// The result of a step.
    public struct StepReport: Sendable {
        /// The step.
        public let step: Step
        /// The number of items that were handled.
        public var done = 0
        /// The number of items that were left for a later pass: not due yet, changed by others meanwhile, not made by
        /// ``VideoUploads``, or waiting after a failure.
        public var skipped = 0
        /// The items whose handling failed.
        public var failures: [Failure] = []
        /// Rows that were due and couldn't be read.
        ///
        /// They stay as they are.
        public var unreadable: [UnreadableRow] = []
        /// A Boolean value that indicates whether the step ended because of ``VideoHousekeepingOptions/itemsPerStep``.
        public var hasMore = false
        /// The error that stopped the step, such as that of a catalog that can't be reached.
        public var error: (any Error)?

        /// Creates an empty report.
        init(_ step: Step) { self.step = step }
    }
}
#endif
