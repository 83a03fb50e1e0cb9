//! What the made-up notes say, in Korean and English side by side.

/// The languages, in the order of all texts.
pub const LANGUAGES: [&str; 2] = ["ko", "en"];

/// What a note may be about.
pub const TOPICS: [[&str; 2]; 12] = [
    ["역전파", "Backpropagation"],
    ["경사 하강법", "Gradient descent"],
    ["활성화 함수", "Activation functions"],
    ["손실 함수", "Loss functions"],
    ["정규화", "Regularization"],
    ["합성곱", "Convolution"],
    ["순환 신경망", "Recurrent networks"],
    ["어텐션", "Attention"],
    ["임베딩", "Embeddings"],
    ["초기화", "Initialization"],
    ["자동 미분", "Automatic differentiation"],
    ["최적화", "Optimization"],
];

/// Sentences that may stand in any order.
pub const SENTENCES: [[&str; 2]; 36] = [
    [
        "계산 그래프에서는 아무리 복잡한 식이라도 덧셈과 곱셈처럼 작은 연산을 하나씩 차례로 이어 붙인 것으로 본다.",
        "In a computational graph even a complicated expression is seen as a chain of small operations such as sums and products.",
    ],
    [
        "값은 입력에서 출력 쪽으로 흐르고, 기울기는 같은 길을 거꾸로 거슬러 출력에서 입력 쪽으로 흐른다.",
        "Values flow from the inputs to the output, and gradients take the same ways back from the output to the inputs.",
    ],
    [
        "각 게이트는 자기에게 들어온 값과 자기가 맡은 연산만 알면 되고, 그래프의 나머지가 어떻게 생겼는지는 몰라도 된다.",
        "Each gate needs to know nothing but its own operation and what enters it, whatever the rest of the graph may look like.",
    ],
    [
        "곱셈 게이트는 상류에서 온 기울기에 다른 쪽 입력의 값을 곱해서 돌려주므로 두 입력의 역할이 서로 뒤바뀐다.",
        "A product multiplies the gradient from upstream by the value of the other operand, so that the two change places.",
    ],
    [
        "덧셈 게이트는 상류에서 온 기울기를 조금도 바꾸지 않고 들어온 모든 입력에 똑같이 나누어 준다.",
        "A sum hands the gradient from upstream on to all of its operands, without changing it in the least.",
    ],
    [
        "한 값이 여러 곳에서 쓰이면 그 값의 기울기는 모든 길에서 돌아온 기울기를 빠짐없이 더한 것이 된다.",
        "Where a value is used in several places, its gradient is the sum of all that comes back along all of these ways.",
    ],
    [
        "학습률이 너무 크면 손실은 골짜기를 건너뛰며 커지고, 너무 작으면 아무리 기다려도 거의 줄어들지 않는다.",
        "If the rate is too large, the loss jumps across the valley and grows, and if it is too small, hardly anything happens.",
    ],
    [
        "손으로 계산한 값과 프로그램이 계산한 값이 다르면 먼저 작은 예를 골라 한 단계씩 비교해 보는 것이 좋다.",
        "When numbers found by hand differ from those of a program, it helps to take a small example and compare step by step.",
    ],
    [
        "기울기가 0에 가까운 곳에서는 가중치를 바꾸어도 손실이 거의 변하지 않으므로 학습이 매우 느려진다.",
        "Where the gradient is close to zero, a change of the weights hardly changes the loss, and learning becomes very slow.",
    ],
    [
        "처음 배우는 사람은 편미분의 기호에 겁을 먹기 쉽지만, 그것은 한 입력만 움직였을 때의 변화율일 뿐이다.",
        "Beginners are easily frightened by the signs of partial derivatives, but each is only a rate of change in one input.",
    ],
    [
        "한 층의 계산은 행렬과 벡터의 곱 하나로 쓸 수 있고, 그 기울기도 행렬의 곱 두 개로 깔끔하게 쓸 수 있다.",
        "A whole layer can be written as one product of a matrix and a vector, and its gradients as two products of matrices.",
    ],
    [
        "모든 예제를 한꺼번에 쓰지 않고 조금씩 나누어 쓰면 한 걸음은 덜 정확하지만 훨씬 더 자주 걸을 수 있다.",
        "Taking the examples in small batches makes each step less exact, but many more steps can be made in the same time.",
    ],
    [
        "활성화 함수가 없다면 층을 아무리 많이 쌓아도 전체는 결국 하나의 선형 함수를 넘어서지 못한다.",
        "Without activation functions the whole would be a single linear function, however many layers were put on top of each other.",
    ],
    [
        "출력이 확률이어야 할 때는 지수 함수로 양수를 만든 다음 모두 더한 값으로 나누어 합이 1이 되게 한다.",
        "When the outputs have to be probabilities, they are made positive by exponentials and divided by the sum of all of them.",
    ],
    [
        "수치 미분은 느리고 정확하지도 않지만, 역전파가 옳게 짜였는지 확인하는 데에는 더없이 좋은 도구이다.",
        "Numerical differentiation is slow and inexact, but there is no better tool for seeing whether backpropagation is written correctly.",
    ],
    [
        "깊은 신경망에서는 작은 수를 여러 번 거듭 곱하게 되므로 앞쪽 층의 기울기가 거의 사라져 버릴 수 있다.",
        "In deep networks small numbers are multiplied again and again, so that the gradients of the first layers may vanish.",
    ],
    [
        "반대로 큰 수를 거듭 곱하면 기울기가 폭발하며, 이럴 때는 기울기의 크기를 일정한 값으로 잘라 낸다.",
        "If large numbers are multiplied instead, gradients explode, and then their size is commonly cut at some given bound.",
    ],
    [
        "가중치를 모두 같은 값으로 시작하면 한 층의 뉴런들이 언제까지나 똑같이 변하므로 층이 넓은 뜻이 없다.",
        "If all weights begin with the same value, the neurons of a layer change alike forever, and its width is of no use.",
    ],
    [
        "손실 함수는 예측이 얼마나 틀렸는지를 하나의 수로 나타내며, 우리가 줄이려는 것은 바로 이 수이다.",
        "The loss says in a single number how wrong a prediction is, and it is this number that we are trying to make small.",
    ],
    [
        "그림에서 노드의 위쪽에 적힌 수는 앞으로 계산한 값이고 아래쪽에 적힌 수는 뒤로 계산한 기울기이다.",
        "In the figures the upper number of a node is the value of the forward pass, the lower one the gradient of the backward pass.",
    ],
    [
        "어떤 입력을 조금 키웠을 때 출력이 커지는지 작아지는지는 그 입력의 기울기가 가진 부호를 보면 알 수 있다.",
        "Whether the output grows or shrinks when an input is made a little larger can be read from the sign of its gradient.",
    ],
    [
        "이 규칙을 한 번 이해하고 나면 아무리 큰 신경망이라도 작은 예제와 똑같은 방법으로 끝까지 따라갈 수 있다.",
        "Once this rule is understood, even the largest network can be followed to its end in the same way as the small example.",
    ],
    [
        "프레임워크는 계산을 하면서 그래프를 기억해 두었다가, 기울기가 필요해지면 그 그래프를 거꾸로 따라간다.",
        "A framework remembers the graph while it computes, and when the gradients are asked for, it follows that graph back.",
    ],
    [
        "앞으로 계산할 때 얻은 값은 뒤로 계산할 때 다시 쓰이므로, 메모리를 들여서라도 버리지 않고 간직해 둔다.",
        "The values of the forward pass are needed again in the backward pass, and so they are kept although they take memory.",
    ],
    [
        "연쇄 법칙은 길게 이어진 함수의 미분을 각 단계의 미분을 차례로 곱한 것으로 바꾸어 주는 규칙이다.",
        "The chain rule turns the derivative of a long chain of functions into the product of the derivatives of all its links.",
    ],
    [
        "검증 손실이 더 줄지 않는데도 학습을 계속하면 모델은 규칙을 배우는 대신 예제를 통째로 외우기 시작한다.",
        "A model that goes on learning when the validation loss no longer falls begins to learn the examples by heart instead of the rule.",
    ],
    [
        "편향은 직선을 위아래로 옮겨 주는 수이며, 이것이 없으면 결정 경계는 언제나 원점을 지나야만 한다.",
        "The bias moves the line up and down, and without it the boundary of the decision would always go through the origin.",
    ],
    [
        "같은 계산을 두 가지 방법으로 해서 같은 답을 얻으면 그 답을 훨씬 더 믿을 수 있게 된다.",
        "An answer that has been found in two different ways deserves a good deal more trust than one that has been found once.",
    ],
    [
        "텐서의 모양을 먼저 적어 두면 행렬의 곱에서 생기는 실수의 대부분은 계산하기도 전에 눈에 띈다.",
        "Most mistakes in products of matrices are noticed before anything is computed if one writes down the shapes first.",
    ],
    [
        "운동량은 지난 걸음의 방향을 조금 남겨 두어, 골짜기 양쪽을 오가는 움직임을 줄이고 바닥을 따라가게 한다.",
        "Momentum keeps a little of the last step, which damps the movement across the valley and leads along its floor.",
    ],
    [
        "로그 안에 아주 작은 수가 들어가면 값이 무한대가 되므로, 로그와 지수를 합친 안정한 함수를 쓰는 것이 좋다.",
        "A very small number in a logarithm gives infinity, and so it is better to use a stable function that joins logarithm and exponential.",
    ],
    [
        "작은 그래프를 손으로 풀어 보는 일은 지루해 보이지만, 뒤에 나오는 모든 것을 이해하는 가장 빠른 길이다.",
        "To work through a small graph by hand seems tedious, but it is the fastest way to understand all that comes later.",
    ],
    [
        "최댓값을 고르는 게이트는 이긴 입력에만 기울기를 보내고, 진 입력에는 아무것도 돌려보내지 않는다.",
        "A gate that takes the maximum sends the gradient to the operand that has won, and nothing at all to the others.",
    ],
    [
        "배치의 평균을 손실로 쓰면 예제의 수가 바뀌어도 기울기의 크기가 비슷하게 유지되어 학습률을 고치지 않아도 된다.",
        "With the mean over a batch as the loss, gradients stay about as large for any number of examples, and the rate can stay.",
    ],
    [
        "출력의 기울기는 언제나 1에서 시작하는데, 출력은 자기 자신이 변하는 만큼 꼭 그대로 변하기 때문이다.",
        "The gradient of the output always begins as one, because the output changes by exactly as much as it changes.",
    ],
    [
        "여기까지 따라왔다면 아래의 그림에서 값을 하나 바꾸고 무엇이 함께 바뀌는지 미리 짐작해 보자.",
        "If you have come this far, change one of the values in the figure and guess beforehand what else is going to change.",
    ],
];
