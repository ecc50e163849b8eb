#if Storage
internal import HTTPTypes
package import R2Kit

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension R2Client {
    /// Looks whether everything is set up, and says what to do about what is not.
    ///
    /// It looks at the credentials, the bucket and its jurisdiction, and the clock; writes, reads, lists and deletes a small
    /// object under `.r2kit-probe/`; and reads the bucket's CORS rules to see whether pages of an origin can upload and
    /// play. What is wrong with the installation stands in the report, and is not thrown.
    ///
    /// ```swift
    /// print(try await client.checkSetup(origin: "https://app.example.com"))
    /// ```
    /// - Parameter origin: The pages' origin; if it is left out, the CORS rules are not looked at.
    /// - Returns: The report.
    /// - Throws: `R2KitError` with the code `invalidCORSRule` if `origin` is no origin; `CancellationError`.
    public func checkSetup(origin: String? = nil) async throws -> SetupReport {
        try await checkSetup(origin: origin, elsewhere: otherJurisdictions())
    }

    /// Looks for a missing bucket in the given other places.
    package func checkSetup(origin: String?, elsewhere: [(name: String, config: R2Config)]) async throws -> SetupReport
    {
        if let origin { _ = try CORSConfiguration.Rule(allowedOrigins: [origin], allowedMethods: [.get]) }
        var check = SetupCheck(client: (try? admitted()) ?? self, elsewhere: elsewhere)
        if try await check.findsBucket() {
            try await check.usesObjects()
            if let origin { try await check.readsCORS(for: origin) }
        }
        return check.report
    }

    /// The places where a bucket of the account might be, other than the one that is configured.
    private func otherJurisdictions() -> [(name: String, config: R2Config)] {
        guard let account = config.endpoint.accountID else { return [] }
        let all: [Jurisdiction?] = [nil, .eu, .us, .fedramp]
        return all.filter { $0 != config.endpoint.jurisdiction }.map { jurisdiction in
            (
                jurisdiction.map { "\($0)" } ?? "none",
                R2Config(
                    accountID: account, jurisdiction: jurisdiction, credentials: config.credentials,
                    bucket: config.bucket, addressingStyle: config.addressingStyle)
            )
        }
    }
}

/// A list of one object, which tells more than HeadBucket: its errors have a body.
struct ClockedList: R2Operation {
    typealias Output = Date?

    static let name = ListObjectsV2.name
    static let maximumResponseLength = ListObjectsV2.maximumResponseLength

    let list = ListObjectsV2(maxKeys: 1)

    func request() throws(R2KitError) -> R2OperationRequest { try list.request() }

    /// The server's clock.
    func output(from response: R2Response) throws(R2Error) -> Date? {
        _ = try list.output(from: response)
        return response.headerFields[.date].flatMap(HTTPDate.parse)
    }
}
#endif
