#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension R2Config {
    /// Creates a configuration from the process environment.
    /// - Throws: ``R2ConfigError`` with every variable that is missing or isn't valid.
    public init() throws(R2ConfigError) {
        try self.init(environment: ProcessInfo.processInfo.environment)
    }

    /// Creates a configuration from a dictionary of environment variables.
    /// - Parameter environment: The values by variable name.
    /// - Throws: ``R2ConfigError`` with every variable that is missing or isn't valid.
    public init(environment: [String: String]) throws(R2ConfigError) {
        try self.init(SettingsReader { name in environment[name].map { .text($0) } ?? .absent })
    }

    /// The names of the variables that the configuration reads.
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
            reader.add("R2_ACCESS_KEY_ID", R2Credentials.swappedMessage)
        }
        let bucket = reader.required("R2_BUCKET_NAME", "the bucket's name", BucketName.init)
        if let endpoint, let bucket, let message = endpoint.problem(with: bucket) {
            reader.add("R2_ENDPOINT", message)
        }
        let hasCustomEndpoint = reader.has("R2_ENDPOINT")
        let region = reader.optional("R2_REGION") { (value) throws(R2ValidationError) in
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
        let custom = reader.optional("R2_ENDPOINT") { (url) throws(R2ValidationError) in
            try R2Endpoint(url, allowsInsecureHTTP: allowsHTTP)
        }
        let account =
            reader.has("R2_ENDPOINT")
            ? reader.optional("CLOUDFLARE_ACCOUNT_ID", AccountID.init)
            : reader.required(
                "CLOUDFLARE_ACCOUNT_ID", "the account ID, 32 hexadecimal digits from the dashboard's R2 page",
                AccountID.init)
        let jurisdiction = reader.optional("R2_JURISDICTION") { (name) throws(R2ValidationError) in
            try Jurisdiction(name)
        }
        guard reader.has("R2_ENDPOINT") else {
            return account.map { R2Endpoint(accountID: $0, jurisdiction: jurisdiction) }
        }
        guard let custom else { return nil }
        checkAgreement(of: custom, account: account, jurisdiction: jurisdiction, in: &reader)
        return custom
    }

    /// Checks that an endpoint doesn't contradict an account ID or a jurisdiction beside it.
    private static func checkAgreement(
        of endpoint: R2Endpoint, account: AccountID?, jurisdiction: Jurisdiction?, in reader: inout SettingsReader
    ) {
        guard endpoint.isCloudflare else {
            if account != nil, !endpoint.isLoopback, endpoint.scheme == "https" {
                reader.add(
                    "R2_ENDPOINT",
                    R2Endpoint.customDomainAdvice + " If it's another S3 server, remove CLOUDFLARE_ACCOUNT_ID.")
            }
            if jurisdiction != nil, !endpoint.isLoopback {
                reader.add(
                    "R2_JURISDICTION",
                    "Conflicting setting: R2_ENDPOINT isn't R2's, so it has no jurisdictions. Remove one of the two."
                )
            }
            return
        }
        if let account, account != endpoint.accountID {
            reader.add(
                "CLOUDFLARE_ACCOUNT_ID",
                "Conflicting setting: R2_ENDPOINT names another account. "
                    + "Remove one of the two.")
        }
        if let jurisdiction, jurisdiction != endpoint.jurisdiction {
            reader.add(
                "R2_JURISDICTION",
                "Conflicting setting: R2_ENDPOINT names another jurisdiction. "
                    + "Remove one of the two.")
        }
    }

    private static func credentials(from reader: inout SettingsReader) -> R2Credentials? {
        let checked = { (name: String) in
            { (value: String) throws(R2ValidationError) -> String in
                try R2Credentials.check(value, name: name)
                return value
            }
        }
        let id = reader.required(
            "R2_ACCESS_KEY_ID", "the access key ID of an R2 API token", checked("access key ID"))
        let secret = reader.required(
            "R2_SECRET_ACCESS_KEY", "the secret access key of an R2 API token", checked("secret access key"))
        let token = reader.optional("R2_SESSION_TOKEN", checked("session token"))
        guard let id, let secret else { return nil }
        // All three have been checked, so this doesn't throw.
        return try? R2Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token)
    }

    private static func lifetime(_ text: String) throws(R2ValidationError) -> Duration {
        guard let seconds = ASCII.wholeNumber(text), URLLifetime.seconds.contains(seconds) else {
            throw R2ValidationError(.invalidLifetime, "Invalid lifetime: expected \(URLLifetime.rule).")
        }
        return .seconds(seconds)
    }

    private static func flag(_ text: String) throws(R2ValidationError) -> Bool {
        switch text {
        case "true": return true
        case "false": return false
        default: throw R2ValidationError(.invalidEndpoint, "Invalid value: expected 'true' or 'false'.")
        }
    }
}
