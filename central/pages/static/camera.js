// Makes the public check easier: a chosen picture is sent at once, and the live camera is looked at until it
// shows a seal. A browser that reads QR codes does so itself; of any other the central system reads the pictures.
"use strict";
(() => {
  const $ = (name) => document.getElementById(name);
  const FRAMES = 120, PAUSE = 1000; // pictures that are sent at most; milliseconds between two
  const form = $("photo"), video = $("picture");
  let stream = null, turn = 0; // each click, and each stop, begins another turn and ends the one before

  form.addEventListener("change", ({ target }) => {
    if (!target.files.length) return;
    const large = target.files[0].size > form.dataset.largest;
    $("large").hidden = !large;
    $("reading").hidden = large;
    if (large) target.value = "";
    else form.requestSubmit();
  });

  const readsItself = async () =>
    "BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code");

  const readHere = (detector) => async () => {
    const codes = await detector.detect(video);
    return codes.map((code) => code.rawValue).find((text) => text.startsWith("SW1"));
  };

  const readThere = async () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    canvas.getContext("2d").drawImage(video, 0, 0);
    const body = new FormData();
    body.append("picture", await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9)), "frame");
    const asked = { method: "POST", headers: { accept: "text/plain" }, body };
    const answer = await fetch(form.action, asked).catch(() => null);
    if (!answer || answer.status === 429) return ""; // no line, or too busy: the next picture may do
    if (!answer.ok) throw new Error(answer.status);
    return answer.text();
  };

  const look = async (mine) => {
    const here = await readsItself();
    const read = here ? readHere(new BarcodeDetector({ formats: ["qr_code"] })) : readThere;
    for (let left = FRAMES; here || left > 0; left--) {
      const seal = await read();
      if (turn !== mine) return;
      if (seal) {
        stop();
        $("seal").value = seal;
        $("seal").form.requestSubmit();
        return;
      }
      await new Promise((next) => setTimeout(next, here ? PAUSE / 10 : PAUSE));
    }
    stop();
  };

  const end = (one) => one?.getTracks().forEach((track) => track.stop());

  const stop = () => {
    turn++;
    end(stream);
    stream = null;
    show(false);
  };

  const show = (running) => {
    video.hidden = $("stop").hidden = !running;
    $("camera").hidden = running;
  };

  const start = async () => {
    stop();
    const mine = turn;
    $("blocked").hidden = true;
    try {
      const given = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (turn !== mine) return end(given); // it was long in coming
      video.srcObject = stream = given;
      show(true);
      await video.play();
      await look(mine);
    } catch {
      if (turn !== mine) return;
      stop();
      $("blocked").hidden = false;
    }
  };

  if (!navigator.mediaDevices) return; // pictures and pasting are left
  $("camera").hidden = false;
  $("camera").addEventListener("click", start);
  $("stop").addEventListener("click", stop);
  document.addEventListener("visibilitychange", () => document.hidden && stop());
})();
