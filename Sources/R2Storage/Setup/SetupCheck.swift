#if Storage
internal import HTTPTypes
package import R2Kit

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension R2Client {
    /// Checks the installation, and reports what is wrong and how to fix it.
    ///
    /// The check covers the credentials, the bucket, its jurisdiction and the clock. It writes, reads, lists and
    /// deletes a small object under `.r2kit-probe/`. With an origin, it also fetches the bucket's CORS rules and checks
    /// whether pages of that origin can upload and play. Problems of the installation are reported, not thrown.
    ///
    /// ```swift
    /// print(try await client.checkSetup(origin: "https://app.example.com"))
    /// ```
    /// - Parameter origin: The origin of your pages, or `nil` to skip the CORS rules.
    /// - Returns: A report with one finding per check.
    /// - Throws: An `R2ValidationError` with the code `invalidCORSRule` if `origin` isn't valid. A `CancellationError`
    ///   if the task is canceled.
    public func checkSetup(origin: String? = nil) async throws -> SetupReport {
        try await checkSetup(origin: origin, otherLocations: otherJurisdictions())
    }

    /// Checks the installation, and searches a missing bucket in the given other locations.
    package func checkSetup(
        origin: String?, otherLocations: [(name: String, config: R2Config)]
    ) async throws -> SetupReport {
        if let origin { _ = try CORSConfiguration.Rule(allowedOrigins: [origin], allowedMethods: [.get]) }
        var check = SetupCheck(client: (try? admitted()) ?? self, otherLocations: otherLocations)
        if try await check.checkBucket() {
            try await check.checkObjects()
            if let origin { try await check.checkCORS(for: origin) }
        }
        return check.report
    }

    /// The jurisdictions where a bucket of the account might be, other than the configured one.
    private func otherJurisdictions() -> [(name: String, config: R2Config)] {
        guard let account = config.endpoint.accountID else { return [] }
        let all: [Jurisdiction?] = [nil, .eu, .us, .fedramp]
        return all.filter { $0 != config.endpoint.jurisdiction }.compactMap { jurisdiction in
            let config = try? R2Config(
                accountID: account, jurisdiction: jurisdiction, credentials: config.credentials,
                bucket: config.bucket, addressingStyle: config.addressingStyle)
            return config.map { (jurisdiction.map { "\($0)" } ?? "none", $0) }
        }
    }
}

/// A check of an installation, step by step.
struct SetupCheck {
    let client: R2Client
    let otherLocations: [(name: String, config: R2Config)]
    var report = SetupReport()

    /// Checks the credentials, the clock and the bucket.
    /// - Returns: `true` if the bucket exists, so that further checks make sense.
    mutating func checkBucket() async throws -> Bool {
        do {
            let date = try await client.send(DatedListing())
            report.add(.passed, .credentials, "The access key ID is known, and the secret access key matches it.")
            reportClock(date)
            report.add(.passed, .bucket, "The bucket \(client.config.bucket) exists.")
            report.add(.passed, .list, "The token can list objects.")
            return true
        } catch let error as R2Error {
            reportClock(nil)
            return try await diagnose(error)
        } catch let error as R2ValidationError {
            report.add(.problem, .credentials, error.message, remedy: "Use other credentials.")
            return false
        }
    }

    private mutating func reportClock(_ serverDate: Date?) {
        let known = client.core.clockOffset.current
        let offset = known != 0 ? known : serverDate?.timeIntervalSince(client.core.environment.now()) ?? 0
        let seconds = Int(offset.magnitude.rounded())
        guard seconds >= 60 else {
            if serverDate != nil { report.add(.passed, .clock, "This machine's clock is accurate.") }
            return
        }
        report.add(
            .warning, .clock, "The clock of this machine is \(seconds) seconds \(offset > 0 ? "behind" : "ahead").",
            remedy:
                "Set it, for example with NTP. R2 rejects signatures that are 15 minutes off, and presigned URLs too.")
    }

    /// Reports the meaning of a failed listing.
    /// - Returns: `true` if further checks make sense.
    private mutating func diagnose(_ error: R2Error) async throws -> Bool {
        switch error.code {
        case .connectionFailed, .timedOut:
            report.add(
                .problem, .connection, "\(client.config.endpoint) doesn't respond. \(error.message)",
                remedy: "Check the account ID or endpoint, DNS, and that outgoing HTTPS is allowed.")
        case .untrustedCertificate:
            report.add(
                .problem, .connection, error.message,
                remedy: "Check the endpoint, the root certificates, and proxies that inspect TLS.")
        case .unauthorized, .invalidAccessKeyID:
            report.add(
                .problem, .credentials, "The access key ID is unknown (\(error.code)).",
                remedy: "Copy the access key ID of an R2 API token of this account, and check that it wasn't revoked.")
        case .signatureDoesNotMatch:
            report.add(
                .problem, .credentials,
                "The access key ID is known, but the secret access key doesn't match it (\(error.code)).",
                remedy: "Copy the token's secret access key again, or roll the token. The secret is shown only once.")
        case .expiredToken, .expiredRequest:
            report.add(
                .problem, .credentials, "The temporary credentials have expired (\(error.code)).",
                remedy: "Use new ones.")
        case .requestTimeTooSkewed:
            report.add(
                .problem, .clock, "R2 rejects requests because of their time.", remedy: "Set the clock of this machine."
            )
        case .authorizationHeaderMalformed, .invalidRegionName:
            report.add(
                .problem, .bucket,
                "Requests are signed for the region \(client.config.region), but the server says: \(error.message)",
                remedy: "For R2, remove R2_REGION. For another server, set it to the region that the server names.")
        case .noSuchBucket: try await reportMissingBucket(error)
        case .accessDenied:
            if try await reportMissingBucket(error) { return false }
            // The token may be restricted to objects. The next checks show what it allows.
            return true
        default:
            report.add(
                .problem, .bucket, "The bucket can't be listed (\(error.code)). \(error.message)",
                remedy: error.advice ?? "See the message.")
        }
        return false
    }

    /// Searches the bucket in other jurisdictions, and reports the result.
    /// - Returns: `true` if the bucket is in another jurisdiction.
    @discardableResult
    private mutating func reportMissingBucket(_ error: R2Error) async throws -> Bool {
        let bucket = client.config.bucket
        for location in otherLocations {
            do {
                _ = try await client.with(config: location.config).send(DatedListing())
            } catch is R2Error {
                continue
            }
            report.add(
                .problem, .jurisdiction, "The bucket \(bucket) is in another jurisdiction: \(location.name).",
                remedy: location.name == "none"
                    ? "Remove R2_JURISDICTION." : "Set R2_JURISDICTION=\(location.name), or pass it to R2Config.")
            return true
        }
        if error.code == .noSuchBucket {
            report.add(
                .problem, .bucket, "The account has no bucket named \(bucket).",
                remedy: "Create it, or check R2_BUCKET_NAME, CLOUDFLARE_ACCOUNT_ID and R2_JURISDICTION.")
        } else {
            report.add(
                .problem, .list, "The token can't list objects of \(bucket) (\(error.code)).",
                remedy: "Give it the permission Object Read & Write for this bucket, or check the bucket's name.")
        }
        return false
    }
}

/// A listing of one object, which returns the server's clock.
///
/// Unlike HeadBucket, its error responses have a body.
private struct DatedListing: R2Operation {
    typealias Output = Date?

    static let name = ListObjectsV2.name
    static let maximumResponseLength = ListObjectsV2.maximumResponseLength

    let list = ListObjectsV2(maxKeys: 1)

    func request() throws(R2ValidationError) -> R2OperationRequest { try list.request() }

    func output(from response: R2Response) throws(R2Error) -> Date? {
        _ = try list.output(from: response)
        return response.headerFields[.date].flatMap(HTTPDate.parse)
    }
}
#endif
