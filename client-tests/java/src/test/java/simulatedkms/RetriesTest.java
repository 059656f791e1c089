package simulatedkms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.simulatedkms.SimulatedKms;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.kms.KmsClient;

/** The SDK's default retries with each of its HTTP clients; SimulatedKmsTest has more faults. */
class RetriesTest {
    @RegisterExtension
    static final SimulatedKms kms = SimulatedKms.start();

    @ParameterizedTest
    @EnumSource
    void succeedAfterFaults(Client how) {
        try (KmsClient client = how.open(kms)) {
            for (String fault : List.of(
                    "'error': 'ThrottlingException'",
                    "'status': 503",
                    "'connection': 'drop_before'",
                    "'connection': 'lose_answer'")) {
                kms.setFault(("{'operation': 'GenerateRandom', 'times': 1, " + fault + "}").replace('\'', '"'));
                assertEquals(8, client.generateRandom(r -> r.numberOfBytes(8)).plaintext().asByteArray().length);
            }
        }
        // Two events for each fault, except for requests that never arrive.
        assertEquals(
                List.of("ThrottlingException", "ok", "ServiceUnavailable", "ok", "ok", "ok", "ok"),
                kms.outcomes("GenerateRandom"));
    }
}
