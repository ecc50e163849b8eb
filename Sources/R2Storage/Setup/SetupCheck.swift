#if Storage
internal import R2Kit

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Looks at one thing after the other.
struct SetupCheck {
    let client: R2Client
    let elsewhere: [(name: String, config: R2Config)]
    var report = SetupReport()

    /// Whether there is a bucket to go on with.
    mutating func findsBucket() async throws -> Bool {
        do {
            let date = try await client.send(ClockedList())
            report.add(.passed, .credentials, "the access key is known, and the secret is its own")
            looksAtClock(date)
            report.add(.passed, .bucket, "the bucket \(client.config.bucket) is there")
            report.add(.passed, .list, "objects may be listed")
            return true
        } catch let error as R2Error {
            looksAtClock(nil)
            return try await explains(error)
        } catch let error as R2KitError {
            report.add(.problem, .credentials, error.message, remedy: "take other credentials")
            return false
        }
    }

    private mutating func looksAtClock(_ serverDate: Date?) {
        let known = client.core.clockOffset.current
        let offset = known != 0 ? known : serverDate?.timeIntervalSince(client.core.surroundings.now()) ?? 0
        let seconds = Int(offset.magnitude.rounded())
        guard seconds >= 60 else {
            if serverDate != nil { report.add(.passed, .clock, "this machine's clock is right") }
            return
        }
        report.add(
            .warning, .clock, "this machine's clock is \(seconds) seconds \(offset > 0 ? "behind" : "ahead")",
            remedy: "set it, for instance by NTP: R2 refuses what is signed a quarter of an hour off, URLs too")
    }

    /// What a refused list means; returns whether it makes sense to go on.
    private mutating func explains(_ error: R2Error) async throws -> Bool {
        switch error.code {
        case .connectionFailed, .timedOut:
            report.add(
                .problem, .connection, "\(client.config.endpoint) does not answer: \(error.message)",
                remedy: "check the account id or endpoint, name resolution, and that outgoing HTTPS is allowed")
        case .untrustedCertificate:
            report.add(
                .problem, .connection, error.message,
                remedy: "check the endpoint, the root certificates, and what inspects TLS on the way")
        case .unauthorized, .invalidAccessKeyID:
            report.add(
                .problem, .credentials, "the access key id is not known (\(error.code))",
                remedy: "copy the access key id of an R2 API token of this account, and see that it was not revoked")
        case .signatureDoesNotMatch:
            report.add(
                .problem, .credentials, "the access key id is known, and the secret is not its own (\(error.code))",
                remedy: "copy the token's secret access key again, or roll the token: the secret is shown once")
        case .expiredToken, .expiredRequest:
            report.add(
                .problem, .credentials, "the temporary credentials have ended (\(error.code))",
                remedy: "take fresh ones")
        case .requestTimeTooSkewed:
            report.add(
                .problem, .clock, "R2 refuses requests because of their time", remedy: "set this machine's clock")
        case .authorizationHeaderMalformed, .invalidRegionName:
            report.add(
                .problem, .bucket,
                "requests are signed for the region \(client.config.region), and the server says: \(error.message)",
                remedy: "for R2 leave R2_REGION out; for another server set it to the region that it names")
        case .noSuchBucket: try await looksElsewhere(error)
        case .accessDenied:
            if try await looksElsewhere(error) { return false }
            // A token may be for objects alone: what it allows shows when it is used.
            return true
        default:
            report.add(
                .problem, .bucket, "the bucket cannot be listed: \(error.code): \(error.message)",
                remedy: error.advice ?? "see the message")
        }
        return false
    }

    /// Looks for the bucket in other jurisdictions; returns whether it is there.
    @discardableResult
    private mutating func looksElsewhere(_ error: R2Error) async throws -> Bool {
        let bucket = client.config.bucket
        for place in elsewhere {
            let other = R2Client(
                core: ClientCore(
                    place.config, client.core.httpClient, ownsHTTPClient: false, client.core.configuration,
                    client.core.surroundings), logger: client.logger)
            do {
                _ = try await other.send(ClockedList())
            } catch is R2Error {
                continue
            }
            report.add(
                .problem, .jurisdiction, "the bucket \(bucket) is in another jurisdiction: \(place.name)",
                remedy: place.name == "none"
                    ? "leave R2_JURISDICTION out" : "set R2_JURISDICTION=\(place.name), or pass it to R2Config")
            return true
        }
        if error.code == .noSuchBucket {
            report.add(
                .problem, .bucket, "there is no bucket \(bucket) in this account",
                remedy: "create it, or check R2_BUCKET_NAME, CLOUDFLARE_ACCOUNT_ID and R2_JURISDICTION")
        } else {
            report.add(
                .problem, .list, "the token does not allow to list objects of \(bucket) (\(error.code))",
                remedy: "give it the permission Object Read & Write for this bucket, or check the bucket's name")
        }
        return false
    }
}
#endif
