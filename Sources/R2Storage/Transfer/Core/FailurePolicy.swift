#if Storage
/// What is left of a transfer that fails or is cancelled.
public enum FailurePolicy: Sendable, Hashable {
    /// What has been transferred stays, and the error's token goes on from there.
    ///
    /// The parts of an upload stay at R2, and are paid for, until the upload is resumed, aborted, or forgotten by the
    /// bucket's lifecycle rule (after seven days, unless that says otherwise).
    case keepForResume
    /// Nothing: an upload is aborted, the partial file of a download removed.
    case abort
}
#endif
