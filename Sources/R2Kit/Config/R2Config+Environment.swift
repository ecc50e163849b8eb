#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension R2Config {
    /// Reads the process environment.
    /// - Throws: ``R2ConfigError`` with every missing or wrong variable.
    public init() throws(R2ConfigError) {
        try self.init(environment: ProcessInfo.processInfo.environment)
    }

    /// Reads a dictionary of environment variables.
    /// - Throws: ``R2ConfigError`` with every missing or wrong variable.
    public init(environment: [String: String]) throws(R2ConfigError) {
        try self.init(SettingsReader { name in environment[name].map { .text($0) } ?? .absent })
    }

    /// The names of the variables that are read.
    public static let environmentVariables = [
        "CLOUDFLARE_ACCOUNT_ID", "R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY", "R2_SESSION_TOKEN", "R2_BUCKET_NAME",
        "R2_JURISDICTION", "R2_ENDPOINT", "R2_ALLOW_INSECURE_ENDPOINT", "R2_REGION", "VIDEO_UPLOAD_URL_EXPIRY",
        "VIDEO_PLAYBACK_URL_EXPIRY",
    ]

    init(_ settings: SettingsReader) throws(R2ConfigError) {
        var reader = settings
        let endpoint = Self.endpoint(from: &reader)
        let credentials = Self.credentials(from: &reader)
        if endpoint?.isCloudflare == true, credentials?.looksSwapped == true {
            reader.add(
                "R2_ACCESS_KEY_ID", "looks like a secret access key: the two may be swapped, and an id is public")
        }
        let bucket = reader.required("R2_BUCKET_NAME", "the bucket's name", BucketName.init)
        let hasCustomEndpoint = reader.has("R2_ENDPOINT")
        let region = reader.optional("R2_REGION") { (value) throws(R2KitError) in
            try RegionRule.check(value, isCloudflare: endpoint?.isCloudflare ?? !hasCustomEndpoint)
            return value
        }
        let upload = reader.optional("VIDEO_UPLOAD_URL_EXPIRY", Self.lifetime)
        let playback = reader.optional("VIDEO_PLAYBACK_URL_EXPIRY", Self.lifetime)

        guard reader.problems.isEmpty, let endpoint, let credentials, let bucket else {
            throw R2ConfigError(problems: reader.problems)
        }
        try self.init(
            endpoint: endpoint, credentials: credentials, bucket: bucket, region: region ?? "auto",
            uploadURLLifetime: upload, playbackURLLifetime: playback)
    }

    private static func endpoint(from reader: inout SettingsReader) -> R2Endpoint? {
        let allowsHTTP = reader.optional("R2_ALLOW_INSECURE_ENDPOINT", flag) ?? false
        let custom = reader.optional("R2_ENDPOINT") { (url) throws(R2KitError) in
            try R2Endpoint(url, allowsInsecureHTTP: allowsHTTP)
        }
        let account =
            reader.has("R2_ENDPOINT")
            ? reader.optional("CLOUDFLARE_ACCOUNT_ID", AccountID.init)
            : reader.required(
                "CLOUDFLARE_ACCOUNT_ID", "the account id, 32 hexadecimal digits from the dashboard's R2 page",
                AccountID.init)
        let jurisdiction = reader.optional("R2_JURISDICTION") { (name) throws(R2KitError) in try Jurisdiction(name) }
        guard reader.has("R2_ENDPOINT") else {
            return account.map { R2Endpoint(accountID: $0, jurisdiction: jurisdiction) }
        }
        guard let custom else { return nil }
        checkAgreement(of: custom, account: account, jurisdiction: jurisdiction, in: &reader)
        return custom
    }

    /// An endpoint beside an account id or a jurisdiction must not contradict it.
    private static func checkAgreement(
        of endpoint: R2Endpoint, account: AccountID?, jurisdiction: Jurisdiction?, in reader: inout SettingsReader
    ) {
        guard endpoint.isCloudflare else {
            if account != nil, !endpoint.isLoopback, endpoint.scheme == "https" {
                reader.add(
                    "R2_ENDPOINT",
                    R2Endpoint.customDomainAdvice + ". If it is another S3 server, remove CLOUDFLARE_ACCOUNT_ID")
            }
            if jurisdiction != nil, !endpoint.isLoopback {
                reader.add(
                    "R2_JURISDICTION", "is R2's alone, and R2_ENDPOINT is another S3 server: remove one of the two")
            }
            return
        }
        if let account, account != endpoint.accountID {
            reader.add("CLOUDFLARE_ACCOUNT_ID", "is another account than R2_ENDPOINT's: remove one of the two")
        }
        if let jurisdiction, jurisdiction != endpoint.jurisdiction {
            reader.add("R2_JURISDICTION", "is another jurisdiction than R2_ENDPOINT's: remove one of the two")
        }
    }

    private static func credentials(from reader: inout SettingsReader) -> R2Credentials? {
        let checked = { (name: String) in
            { (value: String) throws(R2KitError) -> String in
                try R2Credentials.check(value, name: name)
                return value
            }
        }
        let id = reader.required(
            "R2_ACCESS_KEY_ID", "the access key id of an R2 API token", checked("the access key id"))
        let secret = reader.required(
            "R2_SECRET_ACCESS_KEY", "the secret access key of an R2 API token", checked("the secret access key"))
        let token = reader.optional("R2_SESSION_TOKEN", checked("the session token"))
        guard let id, let secret else { return nil }
        // All three have been checked; nothing is left to go wrong.
        return try? R2Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token)
    }

    private static func lifetime(_ text: String) throws(R2KitError) -> URLLifetime {
        guard let seconds = ASCII.wholeNumber(text), let lifetime = try? URLLifetime(seconds: seconds) else {
            throw R2KitError(.invalidLifetime, "must be a whole number of seconds, from 1 to 604800 (seven days)")
        }
        return lifetime
    }

    private static func flag(_ text: String) throws(R2KitError) -> Bool {
        switch text {
        case "true": return true
        case "false": return false
        default: throw R2KitError(.invalidEndpoint, "must be 'true' or 'false'")
        }
    }
}
