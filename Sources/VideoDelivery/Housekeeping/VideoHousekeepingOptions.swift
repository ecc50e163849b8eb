#if Delivery
public import Metrics
public import Tracing

/// The intervals and limits of housekeeping, and its metrics and tracing.
public struct VideoHousekeepingOptions: Sendable {
    /// The time between two passes of ``VideoHousekeeping/run()``.
    ///
    /// Each pause is up to a fifth shorter or longer, at random, so that several workers don't stay in step.
    public var interval: Duration
    /// The maximum number of videos or objects that a step handles in one pass.
    public var itemsPerStep: Int
    /// The number of videos that are claimed at once, 1 to 1,000.
    public var batchSize: Int
    /// The duration of claims, 1 second to 24 hours.
    ///
    /// Choose more than twice the time that one video takes, which is that of the copy of a large file.
    public var lease: Duration
    /// The time after which a video that is still `verifying` is completed by housekeeping.
    public var verificationRetryDelay: Duration
    /// The time for which the file of a replaced or failed upload stays after the last change of its video.
    ///
    /// Viewers who started before a replacement still play the old file.
    public var replacedObjectDelay: Duration
    /// The time between the deletion of a video and its purge, in which it can be restored.
    ///
    /// Rows of deleted videos tell late uploads from others. So a purge waits at least until the last URL has expired
    /// and ``VideoDeliveryOptions/uploadGrace`` is over.
    public var purgeDelay: Duration
    /// The age from which a multipart upload is aborted that no upload of a live video uses.
    public var staleUploadAge: Duration
    /// The pause after the first failure of an item.
    ///
    /// It doubles with each further failure.
    public var failureDelay: Duration
    /// The longest pause after a failure of an item.
    public var maximumFailureDelay: Duration
    /// The time between two reconciliations of ``VideoHousekeeping/run()``, or `nil` for none.
    public var reconciliationInterval: Duration?
    /// A Boolean value that indicates whether ``VideoHousekeeping/run()`` removes orphaned objects.
    public var removesOrphans: Bool
    /// The time for which an object must have been known as orphaned before it is removed.
    ///
    /// The default of eight days is longer than any upload: URLs and multipart uploads end after seven.
    public var orphanDelay: Duration
    /// The share of all objects, from 0 to 1, above which no orphaned object is removed.
    ///
    /// More orphans than that are the sign of a wrong catalog.
    public var maximumOrphanShare: Double
    /// The number of orphaned objects up to which ``maximumOrphanShare`` doesn't apply.
    public var toleratedOrphanCount: Int
    /// The factory that creates the metrics, or `nil` for that of the client.
    public var metricsFactory: (any MetricsFactory)?
    /// The tracer that records the spans, or `nil` for that of the client.
    public var tracer: (any Tracer)?

    /// Creates options.
    ///
    /// - Parameters:
    ///   - interval: The time between two passes.
    ///   - itemsPerStep: The maximum number of videos or objects that a step handles in one pass.
    ///   - batchSize: The number of videos that are claimed at once, 1 to 1,000.
    ///   - lease: The duration of claims, 1 second to 24 hours.
    ///   - verificationRetryDelay: The time after which a video that is still `verifying` is completed.
    ///   - replacedObjectDelay: The time for which the file of a replaced or failed upload stays.
    ///   - purgeDelay: The time between the deletion of a video and its purge.
    ///   - staleUploadAge: The age from which an unused multipart upload is aborted.
    ///   - failureDelay: The pause after the first failure of an item.
    ///   - maximumFailureDelay: The longest pause after a failure of an item.
    ///   - reconciliationInterval: The time between two reconciliations, or `nil` for none.
    ///   - removesOrphans: A Boolean value that indicates whether the service removes orphaned objects.
    ///   - orphanDelay: The time for which an object must have been known as orphaned before it is removed.
    ///   - maximumOrphanShare: The share of all objects above which no orphaned object is removed.
    ///   - toleratedOrphanCount: The number of orphaned objects up to which the share doesn't apply.
    ///   - metricsFactory: The factory that creates the metrics, or `nil` for that of the client.
    ///   - tracer: The tracer that records the spans, or `nil` for that of the client.
    public init(
        interval: Duration = .seconds(300), itemsPerStep: Int = 1000, batchSize: Int = 50,
        lease: Duration = .seconds(1800), verificationRetryDelay: Duration = .seconds(600),
        replacedObjectDelay: Duration = .seconds(86_400), purgeDelay: Duration = .seconds(30 * 86_400),
        staleUploadAge: Duration = .seconds(86_400), failureDelay: Duration = .seconds(60),
        maximumFailureDelay: Duration = .seconds(6 * 3600), reconciliationInterval: Duration? = nil,
        removesOrphans: Bool = false, orphanDelay: Duration = .seconds(8 * 86_400), maximumOrphanShare: Double = 0.1,
        toleratedOrphanCount: Int = 10, metricsFactory: (any MetricsFactory)? = nil, tracer: (any Tracer)? = nil
    ) {
        self.interval = interval
        self.itemsPerStep = itemsPerStep
        self.batchSize = batchSize
        self.lease = lease
        self.verificationRetryDelay = verificationRetryDelay
        self.replacedObjectDelay = replacedObjectDelay
        self.purgeDelay = purgeDelay
        self.staleUploadAge = staleUploadAge
        self.failureDelay = failureDelay
        self.maximumFailureDelay = maximumFailureDelay
        self.reconciliationInterval = reconciliationInterval
        self.removesOrphans = removesOrphans
        self.orphanDelay = orphanDelay
        self.maximumOrphanShare = maximumOrphanShare
        self.toleratedOrphanCount = toleratedOrphanCount
        self.metricsFactory = metricsFactory
        self.tracer = tracer
    }
}
#endif
