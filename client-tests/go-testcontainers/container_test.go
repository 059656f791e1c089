package container

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/testcontainers/testcontainers-go"

	simulatedkms "github.com/simulated-kms/simulated-kms/emulator/packaging/go/testcontainers"
)

const image = "simulated-kms"

func start(t *testing.T, options ...testcontainers.ContainerCustomizer) *simulatedkms.Container {
	t.Helper()
	kms, err := simulatedkms.Run(t.Context(), image, options...)
	testcontainers.CleanupContainer(t, kms)
	if err != nil {
		t.Fatal(err)
	}
	return kms
}

// send sends a request without the SDK.
func send(t *testing.T, kms *simulatedkms.Container, method, path, header, value, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, kms.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set(header, value)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(answer)
}

func TestSeed(t *testing.T) {
	document := `keys: [{alias: alias/orders, spec: ECC_NIST_P256, usage: SIGN_VERIFY, material: {seed: orders}}]`
	var answers [2]string
	for i := range answers {
		kms := start(t, simulatedkms.WithSeed(document))
		var status int
		status, answers[i] = send(t, kms, http.MethodPost, "/", "X-Amz-Target", "TrentService.GetPublicKey",
			`{"KeyId": "alias/orders"}`)
		if status != http.StatusOK || !strings.Contains(answers[i], `"PublicKey":"`) {
			t.Fatal(status, answers[i])
		}
	}
	if answers[0] != answers[1] {
		t.Fatal(answers)
	}
}

func TestControlToken(t *testing.T) {
	kms := start(t, simulatedkms.WithControlToken("a token"))
	for token, expected := range map[string]int{"a token": http.StatusOK, "another": http.StatusForbidden} {
		status, answer := send(t, kms, http.MethodGet, "/_emulator/clock", "X-Emulator-Token", token, "")
		if status != expected {
			t.Fatal(token, status, answer)
		}
	}
}
