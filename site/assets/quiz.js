// Exercises on a figure: the reader finds the numbers that it leaves out, with the step of the chain rule as a hint.
"use strict";
{
  const { words, fill, make, button, shownMath, plain, elementName } = bpdoc.player;

  // A tensor with more elements is not asked for.
  const MOST_ELEMENTS = 16;
  // An answer may be off by one in a hundred, near zero by this much.
  const TOLERANCE = 0.01;
  const NEAR_ZERO = 0.001;
  const isRight = (answer, x) => Math.abs(answer - x) <= Math.max(TOLERANCE * Math.abs(x), NEAR_ZERO);
  // A number, also as a fraction, with any minus sign and a decimal comma.
  const numberIn = (text) => {
    const parts = text.trim().replaceAll("−", "-").replace(",", ".").split("/");
    const numbers = parts.map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
    return parts.length > 2 ? Number.NaN : numbers.reduce((a, b) => a / b);
  };

  const scores = new Map();
  const boards = [];
  const showScores = () => {
    const totals = [...scores.values()].reduce(([right, all], score) => [right + score[0], all + score[1]], [0, 0]);
    for (const board of boards) board(totals);
  };

  const questionsOf = (stage) => {
    const { nodes, output, quiz } = stage.model;
    const isAsked = (node, place) => (quiz === "grads" ? node.grad !== undefined && node.partial && place !== output : node.operation);
    const slot = (node) => (quiz === "grads" ? node.grad : node.value);
    const name = (node) => (quiz === "grads" ? node.partial : node.name);
    const asked = nodes.map((node, place) => ({ node, place })).filter(({ node, place }) => isAsked(node, place));
    // Gradients are found from the output back, values from the leaves on.
    if (quiz === "grads") asked.reverse();
    return asked.flatMap(({ node, place }) => {
      const { shape, data } = stage.valueOf(slot(node));
      if (data.length > MOST_ELEMENTS) return [];
      return Array.from(data, (_, element) => ({
        node,
        place,
        label: name(node),
        index: elementName({ id: "" }, shape, element),
        answer: () => stage.valueOf(slot(node)).data[element],
        isFound: false,
      }));
    });
  };

  // The step that leads to the number: what the gates give back, or the op with the numbers that enter it.
  const hintFor = (stage, question) => {
    const { fillIn, model } = stage;
    const { node, place, label } = question;
    if (model.quiz === "values") return [label, node.operation[0], fillIn(node.operation[1])];
    const ways = model.steps.filter((step) => step.operand === place);
    return [label, stage.sum(ways.map((step) => fillIn(step.chain)))];
  };

  const row = (stage, question, changed) => {
    const field = make("input", { type: "text", inputMode: "text", autocomplete: "off", ariaLabel: words.answer });
    const verdict = make("span", { className: "bp-verdict", role: "status" });
    const hint = make("span", { className: "bp-hint" });
    const check = () => {
      if (field.value.trim() === "") return;
      question.isFound = isRight(numberIn(field.value), question.answer());
      verdict.textContent = question.isFound ? `✓ ${words.right}` : `✗ ${words.wrong}`;
      field.ariaInvalid = question.isFound ? "false" : "true";
      field.readOnly = question.isFound;
      changed();
    };
    question.reveal = () => {
      field.value = plain(question.answer(), stage.model.precision);
      field.readOnly = question.isShown = true;
      field.ariaInvalid = "false";
      verdict.textContent = "";
    };
    question.clear = () => {
      question.isFound = question.isShown = field.readOnly = false;
      field.value = verdict.textContent = "";
      field.ariaInvalid = "false";
      hint.replaceChildren();
    };
    field.addEventListener("keydown", (event) => event.key === "Enter" && check());
    field.addEventListener("change", check);
    const help = button(words.hint, () => hint.replaceChildren(shownMath(hintFor(stage, question).join("<mo>=</mo>"))));
    const caption = question.node.caption ? ` (${question.node.caption})` : "";
    const name = make("span", { className: "bp-asked" }, shownMath(question.label), question.index, caption, " = ");
    return make("li", {}, make("label", {}, name, field), " ", button(words.check, check), " ", help, " ", verdict, hint);
  };

  // Which way does the output move?
  const WAYS = [
    [1, words.up],
    [-1, words.down],
    [0, words.same],
  ];
  const direction = (stage, changed) => {
    const { nodes, output, quiz } = stage.model;
    const leaves = [...stage.given.keys()].filter((node) => node.grad !== undefined && stage.valueOf(node.value).shape.length === 0);
    if (quiz !== "grads" || !leaves.length || stage.valueOf(nodes[output].value).shape.length) return undefined;
    const question = {};
    let leaf;
    const lead = make("span");
    const verdict = make("span", { className: "bp-verdict", role: "status" });
    const answer = () => Math.sign(stage.valueOf(leaf.grad).data[0]);
    const choices = WAYS.map(([sign, word]) =>
      button(word, () => {
        question.isFound = answer() === sign;
        verdict.textContent = question.isFound ? `✓ ${words.right}` : `✗ ${words.wrong}`;
        changed();
      }),
    );
    question.reveal = () => {
      const [, word] = WAYS.find(([sign]) => sign === answer());
      question.isShown = true;
      verdict.textContent = word;
    };
    question.clear = () => {
      question.isFound = question.isShown = false;
      verdict.textContent = "";
      leaf = leaves[Math.floor(Math.random() * leaves.length)];
      lead.textContent = `${fill(words.direction, { leaf: leaf.id, output: nodes[output].id })} `;
    };
    question.clear();
    question.item = make("li", {}, lead, ...choices.flatMap((choice) => [choice, " "]), verdict);
    return question;
  };

  // Small numbers that are easy to reckon with, for which everything stays finite.
  const newNumbers = (stage) => {
    for (let tries = 0; tries < 50; tries += 1) {
      const draw = (x) => (Number.isInteger(x) ? Math.floor(Math.random() * 11) - 5 : Math.round((Math.random() * 4 - 2) * 10) / 10);
      stage.setAll([...stage.given].map(([node, data]) => [node, Array.from(data, draw)]));
      const isNew = stage.isChanged();
      const slots = stage.model.nodes.flatMap((node) => (node.grad === undefined ? [node.value] : [node.value, node.grad]));
      if (isNew && slots.every((slot) => stage.valueOf(slot).data.every(Number.isFinite))) return;
    }
    stage.setAll(stage.given);
  };

  bpdoc.quiz = (stage) => {
    const questions = questionsOf(stage);
    const score = make("p", { className: "bp-score", role: "status" });
    const changed = () => {
      scores.set(stage, [all.filter((question) => question.isFound).length, all.length]);
      stage.show();
      showScores();
    };
    const turn = direction(stage, () => changed());
    const all = turn ? [...questions, turn] : questions;
    const asked = new Map();
    for (const question of questions) asked.set(question.place, [...(asked.get(question.place) ?? []), question]);
    stage.isHidden = (shown) => {
      const place = stage.model.quiz === "grads" ? shown.grad : shown.value;
      const own = place === undefined ? undefined : asked.get(place);
      if (own) return own.some((question) => !question.isFound && !question.isShown);
      // What comes back to a closed group gives its gradients away.
      return stage.model.quiz === "grads" && shown.slot === undefined && shown.steps !== undefined && all.some((question) => !question.isFound && !question.isShown);
    };
    boards.push(([right, count]) => {
      const [own, total] = scores.get(stage) ?? [0, all.length];
      score.textContent = fill(words.score, { right: own, all: total });
      if (scores.size > 1) score.textContent += ` · ${fill(words.score_page, { right, all: count })}`;
    });
    const list = make("ol", { className: "bp-questions" }, ...questions.map((question) => row(stage, question, changed)), ...(turn ? [turn.item] : []));
    const again = button(words.new, () => {
      newNumbers(stage);
      for (const question of all) question.clear();
      changed();
    });
    const reveal = button(words.reveal, () => {
      for (const question of all) if (!question.isFound) question.reveal();
      changed();
    });
    changed();
    return make("div", { className: "bp-quiz" }, list, score, make("div", { className: "bp-tools" }, again, reveal));
  };
}
