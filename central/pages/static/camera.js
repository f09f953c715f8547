// Reads a seal with the camera, in browsers that read QR codes themselves. Nothing leaves the page but the text.
"use strict";
(() => {
  const $ = (name) => document.getElementById(name);
  const button = $("camera");
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return; // pasting is left
  button.hidden = false;

  const look = async (detector, video, stream) => {
    const [code] = await detector.detect(video).catch(() => []);
    if (!code || !code.rawValue.startsWith("SW1")) {
      requestAnimationFrame(() => look(detector, video, stream));
      return;
    }
    stream.getTracks().forEach((track) => track.stop());
    $("seal").value = code.rawValue;
    $("seal").form.requestSubmit();
  };

  button.addEventListener("click", async () => {
    const video = $("picture");
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      button.hidden = true;
      await video.play();
      look(new BarcodeDetector({ formats: ["qr_code"] }), video, stream);
    } catch {
      $("blocked").hidden = false;
    }
  });
})();
