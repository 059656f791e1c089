package simulatedkms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.simulatedkms.SimulatedKms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.pagination.sync.SdkIterable;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.*;

/** Small pages, with every item exactly once. */
class PaginatorsTest {
    @RegisterExtension
    static final SimulatedKms kms = SimulatedKms.start();

    private static final String ROOT = "arn:aws:iam::000000000000:root";

    /** The keys. The first one has aliases, grants, tags and rotations. */
    static List<String> keys;

    static List<String> grants;
    static List<String> stores;

    @BeforeAll
    static void prepare() throws Exception {
        KmsClient client = kms.client();
        String signing = client.createKey(
                        r -> r.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY))
                .keyMetadata()
                .keyId();
        String anchor = Certificates.pem(new Certificates(client, signing, "A cluster").root());
        String key = client.createKey().keyMetadata().keyId();
        keys = Stream.concat(
                        Stream.of(key, signing),
                        IntStream.range(0, 3).mapToObj(i -> client.createKey().keyMetadata().keyId()))
                .toList();
        for (String name : names("alias/%s")) {
            client.createAlias(r -> r.aliasName(name).targetKeyId(key));
        }
        for (String name : names("%s")) {
            client.tagResource(r -> r.keyId(key).tags(t -> t.tagKey(name).tagValue("")));
        }
        grants = names("%s").stream()
                .map(name -> client.createGrant(r -> r.keyId(key)
                                .name(name)
                                .granteePrincipal(ROOT)
                                .retiringPrincipal(ROOT)
                                .operations(GrantOperation.DECRYPT))
                        .grantId())
                .toList();
        for (int i = 0; i < 5; i++) {
            client.rotateKeyOnDemand(r -> r.keyId(key));
        }
        stores = names("%s").stream()
                .map(name -> client.createCustomKeyStore(r -> r.customKeyStoreName(name)
                                .cloudHsmClusterId("cluster-abcdefghij" + name)
                                .trustAnchorCertificate(anchor)
                                .keyStorePassword("a password"))
                        .customKeyStoreId())
                .toList();
        kms.snapshot();
    }

    /** Five names. */
    static List<String> names(String format) {
        return Stream.of("a", "b", "c", "d", "e").map(format::formatted).toList();
    }

    /** A paginator of either client, a name for each of its items, and the expected names. */
    record Pages<T>(
            String operation,
            Function<KmsClient, SdkIterable<T>> iterable,
            Function<KmsAsyncClient, SdkPublisher<T>> publisher,
            Function<T, Object> item,
            List<?> expected) {
        @Override
        public String toString() {
            return operation;
        }
    }

    static Stream<Pages<?>> pages() {
        String key = keys.get(0);
        return Stream.of(
                new Pages<>(
                        "ListKeys",
                        client -> client.listKeysPaginator(r -> r.limit(2)).keys(),
                        client -> client.listKeysPaginator(r -> r.limit(2)).keys(),
                        KeyListEntry::keyId,
                        keys),
                new Pages<>(
                        "ListAliases",
                        client -> client.listAliasesPaginator(r -> r.keyId(key).limit(2)).aliases(),
                        client -> client.listAliasesPaginator(r -> r.keyId(key).limit(2)).aliases(),
                        AliasListEntry::aliasName,
                        names("alias/%s")),
                new Pages<>(
                        "ListGrants",
                        client -> client.listGrantsPaginator(r -> r.keyId(key).limit(2)).grants(),
                        client -> client.listGrantsPaginator(r -> r.keyId(key).limit(2)).grants(),
                        GrantListEntry::grantId,
                        grants),
                new Pages<>(
                        "ListRetirableGrants",
                        client -> client.listRetirableGrantsPaginator(r -> r.retiringPrincipal(ROOT).limit(2))
                                .grants(),
                        client -> client.listRetirableGrantsPaginator(r -> r.retiringPrincipal(ROOT).limit(2))
                                .grants(),
                        GrantListEntry::grantId,
                        grants),
                new Pages<>(
                        "ListKeyPolicies",
                        client -> client.listKeyPoliciesPaginator(r -> r.keyId(key).limit(2)).policyNames(),
                        client -> client.listKeyPoliciesPaginator(r -> r.keyId(key).limit(2)).policyNames(),
                        name -> name,
                        List.of("default")),
                new Pages<>(
                        "ListResourceTags",
                        client -> client.listResourceTagsPaginator(r -> r.keyId(key).limit(2)).tags(),
                        client -> client.listResourceTagsPaginator(r -> r.keyId(key).limit(2)).tags(),
                        Tag::tagKey,
                        names("%s")),
                new Pages<>(
                        "ListKeyRotations",
                        client -> client.listKeyRotationsPaginator(r -> r.keyId(key).limit(2)).rotations(),
                        client -> client.listKeyRotationsPaginator(r -> r.keyId(key).limit(2)).rotations(),
                        RotationsListEntry::keyMaterialId,
                        kms.client().listKeyRotations(r -> r.keyId(key)).rotations().stream()
                                .map(RotationsListEntry::keyMaterialId)
                                .toList()),
                new Pages<>(
                        "DescribeCustomKeyStores",
                        client -> client.describeCustomKeyStoresPaginator(r -> r.limit(2)).customKeyStores(),
                        client -> client.describeCustomKeyStoresPaginator(r -> r.limit(2)).customKeyStores(),
                        CustomKeyStoresListEntry::customKeyStoreId,
                        stores));
    }

    <T> void check(Pages<T> pages, Stream<T> items) {
        assertEquals(sorted(pages.expected().stream()), sorted(items.map(pages.item())));
        // Two items on each page.
        assertEquals((pages.expected().size() + 1) / 2, kms.events(pages.operation()).size());
    }

    static List<String> sorted(Stream<?> items) {
        return items.map(Object::toString).sorted().toList();
    }

    @ParameterizedTest
    @MethodSource("pages")
    <T> void iterables(Pages<T> pages) {
        check(pages, StreamSupport.stream(pages.iterable().apply(kms.client()).spliterator(), false));
    }

    @ParameterizedTest
    @MethodSource("pages")
    <T> void publishers(Pages<T> pages) {
        List<T> items = new ArrayList<>();
        try (KmsAsyncClient client = Client.ASYNC
                .async(kms.endpoint(), Region.US_EAST_1)
                .credentialsProvider(SimulatedKms.CREDENTIALS)
                .build()) {
            pages.publisher().apply(client).subscribe(items::add).join();
        }
        check(pages, items.stream());
    }

    /** New paginators or waiters need a test. */
    @Test
    void allPaginatorsAreTested() {
        Set<String> tried = new TreeSet<>();
        pages().forEach(pages -> tried.add(pages.operation() + "Paginator"));
        Set<String> there = new TreeSet<>();
        Arrays.stream(KmsClient.class.getMethods())
                .map(method -> method.getName())
                .filter(name -> name.endsWith("Paginator"))
                .forEach(name -> there.add(name.substring(0, 1).toUpperCase() + name.substring(1)));
        assertEquals(there, tried);
        assertTrue(Arrays.stream(KmsClient.class.getMethods())
                .noneMatch(method -> method.getName().equals("waiter")));
    }
}
