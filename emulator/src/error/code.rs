//! The exceptions of KMS that the emulator returns.

use crate::api::wire_enum;

wire_enum! {
    /// An exception, by its name in the API reference.
    Code {
        AccessDenied = "AccessDeniedException",
        AlreadyExists = "AlreadyExistsException",
        CloudHsmClusterInUse = "CloudHsmClusterInUseException",
        CloudHsmClusterNotRelated = "CloudHsmClusterNotRelatedException",
        Conflict = "ConflictException",
        CustomKeyStoreHasCmks = "CustomKeyStoreHasCMKsException",
        CustomKeyStoreInvalidState = "CustomKeyStoreInvalidStateException",
        CustomKeyStoreNameInUse = "CustomKeyStoreNameInUseException",
        CustomKeyStoreNotFound = "CustomKeyStoreNotFoundException",
        Disabled = "DisabledException",
        DryRunOperation = "DryRunOperationException",
        ExpiredImportToken = "ExpiredImportTokenException",
        ExpiredToken = "ExpiredTokenException",
        IncompleteSignature = "IncompleteSignatureException",
        IncorrectKey = "IncorrectKeyException",
        IncorrectKeyMaterial = "IncorrectKeyMaterialException",
        IncorrectTrustAnchor = "IncorrectTrustAnchorException",
        InvalidAliasName = "InvalidAliasNameException",
        InvalidArn = "InvalidArnException",
        InvalidCiphertext = "InvalidCiphertextException",
        InvalidGrantToken = "InvalidGrantTokenException",
        InvalidImportToken = "InvalidImportTokenException",
        InvalidKeyUsage = "InvalidKeyUsageException",
        InvalidMarker = "InvalidMarkerException",
        InvalidSignature = "InvalidSignatureException",
        KmsInternal = "KMSInternalException",
        KmsInvalidMac = "KMSInvalidMacException",
        KmsInvalidSignature = "KMSInvalidSignatureException",
        KmsInvalidState = "KMSInvalidStateException",
        LimitExceeded = "LimitExceededException",
        MalformedPolicyDocument = "MalformedPolicyDocumentException",
        MissingAuthenticationToken = "MissingAuthenticationTokenException",
        NotAuthorized = "NotAuthorizedException",
        NotFound = "NotFoundException",
        Tag = "TagException",
        Throttling = "ThrottlingException",
        UnrecognizedClient = "UnrecognizedClientException",
        UnsupportedOperation = "UnsupportedOperationException",
        Validation = "ValidationException",
        XksKeyAlreadyInUse = "XksKeyAlreadyInUseException",
        XksKeyInvalidConfiguration = "XksKeyInvalidConfigurationException",
        XksKeyNotFound = "XksKeyNotFoundException",
        XksProxyIncorrectAuthenticationCredential =
            "XksProxyIncorrectAuthenticationCredentialException",
        XksProxyInvalidConfiguration = "XksProxyInvalidConfigurationException",
        XksProxyInvalidResponse = "XksProxyInvalidResponseException",
        XksProxyUriEndpointInUse = "XksProxyUriEndpointInUseException",
        XksProxyUriInUse = "XksProxyUriInUseException",
        XksProxyUriUnreachable = "XksProxyUriUnreachableException",
        XksProxyVpcEndpointServiceInUse = "XksProxyVpcEndpointServiceInUseException",
    }
}

impl Code {
    /// The HTTP status. KMS returns 400 for every client error; recorded responses confirm it for
    /// exceptions that the model annotates with 404, 409 and 412.
    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::KmsInternal => 500,
            _ => 400,
        }
    }
}
